using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;
using Sandbox.Tests.Integration.Http;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Security.Web;

/// <summary>
/// The first gate: what each endpoint and page of the admin listener asks for, written down here a second time and tried over HTTP. What a path
/// names does not exist, so whoever passes the gate gets another error than 403.
/// </summary>
public sealed class PermissionTableTests(ProductFixture fixture) : IClassFixture<ProductFixture>, IAsyncLifetime
{
    private const int Patience = 120_000;
    private const string Anyone = "anyone";
    private const string SignedIn = "signed in";
    private const string Superadmins = "superadmins";

    private static readonly Dictionary<string, string> s_needs = new(StringComparer.Ordinal)
    {
        ["HEAD /"] = Permissions.ExecutionsRead,
        ["GET /"] = Permissions.ExecutionsRead,
        ["POST /"] = Permissions.ExecutionsRead,
        ["GET /assets/{name}"] = Anyone,
        ["GET /healthz"] = Anyone,
        ["HEAD /healthz"] = Anyone,
        ["GET /readyz"] = Anyone,
        ["HEAD /readyz"] = Anyone,
        ["HEAD /setup/{code}"] = Anyone,
        ["GET /setup/{code}"] = Anyone,
        ["POST /setup/{code}"] = Anyone,
        ["HEAD /signin"] = Anyone,
        ["GET /signin"] = Anyone,
        ["POST /signin"] = Anyone,
        ["HEAD /signin/code"] = Anyone,
        ["GET /signin/code"] = Anyone,
        ["POST /signin/code"] = Anyone,
        ["POST /signout"] = Anyone,
        ["HEAD /welcome/{code}"] = Anyone,
        ["GET /welcome/{code}"] = Anyone,
        ["POST /welcome/{code}"] = Anyone,
        ["HEAD /executions"] = Permissions.ExecutionsRead,
        ["GET /executions"] = Permissions.ExecutionsRead,
        ["POST /executions"] = Permissions.ExecutionsRead,
        ["HEAD /executions/{id:guid}"] = Permissions.ExecutionsRead,
        ["GET /executions/{id:guid}"] = Permissions.ExecutionsRead,
        ["POST /executions/{id:guid}"] = Permissions.ExecutionsRead,
        ["HEAD /errors"] = Permissions.ExecutionsRead,
        ["GET /errors"] = Permissions.ExecutionsRead,
        ["POST /errors"] = Permissions.ExecutionsRead,
        ["HEAD /errors/{id:guid}"] = Permissions.ExecutionsRead,
        ["GET /errors/{id:guid}"] = Permissions.ExecutionsRead,
        ["POST /errors/{id:guid}"] = Permissions.ExecutionsRead,
        ["HEAD /dead-letters"] = Permissions.ExecutionsRead,
        ["GET /dead-letters"] = Permissions.ExecutionsRead,
        ["POST /dead-letters"] = Permissions.ExecutionsRead,
        ["HEAD /dead-letters/{id:guid}"] = Permissions.ExecutionsRead,
        ["GET /dead-letters/{id:guid}"] = Permissions.ExecutionsRead,
        ["POST /dead-letters/{id:guid}"] = Permissions.ExecutionsRead,
        ["HEAD /scripts"] = Permissions.ScriptsRead,
        ["GET /scripts"] = Permissions.ScriptsRead,
        ["POST /scripts"] = Permissions.ScriptsRead,
        ["HEAD /scripts/new"] = Permissions.ScriptsCreate,
        ["GET /scripts/new"] = Permissions.ScriptsCreate,
        ["POST /scripts/new"] = Permissions.ScriptsCreate,
        ["HEAD /trigger-words"] = Permissions.ScriptsRead,
        ["GET /trigger-words"] = Permissions.ScriptsRead,
        ["POST /trigger-words"] = Permissions.ScriptsRead,
        ["HEAD /scripts/{script}"] = Permissions.ScriptsRead,
        ["GET /scripts/{script}"] = Permissions.ScriptsRead,
        ["POST /scripts/{script}"] = Permissions.ScriptsRead,
        ["HEAD /scripts/{script}/versions/{number:int}"] = Permissions.ScriptsRead,
        ["GET /scripts/{script}/versions/{number:int}"] = Permissions.ScriptsRead,
        ["POST /scripts/{script}/versions/{number:int}"] = Permissions.ScriptsRead,
        ["HEAD /scripts/{script}/code"] = Permissions.ScriptsRead,
        ["GET /scripts/{script}/code"] = Permissions.ScriptsRead,
        ["POST /scripts/{script}/code"] = Permissions.ScriptsRead,
        ["HEAD /scripts/{script}/edit"] = Permissions.ScriptsUpdate,
        ["GET /scripts/{script}/edit"] = Permissions.ScriptsUpdate,
        ["POST /scripts/{script}/edit"] = Permissions.ScriptsUpdate,
        ["HEAD /members"] = Permissions.MembersManage,
        ["GET /members"] = Permissions.MembersManage,
        ["POST /members"] = Permissions.MembersManage,
        ["HEAD /tokens"] = Permissions.TokensManage,
        ["GET /tokens"] = Permissions.TokensManage,
        ["POST /tokens"] = Permissions.TokensManage,
        ["HEAD /audit"] = Permissions.AuditRead,
        ["GET /audit"] = Permissions.AuditRead,
        ["POST /audit"] = Permissions.AuditRead,
        ["HEAD /tenants"] = Superadmins,
        ["GET /tenants"] = Superadmins,
        ["POST /tenants"] = Superadmins,
        ["HEAD /settings/secrets"] = Permissions.SecretsManage,
        ["GET /settings/secrets"] = Permissions.SecretsManage,
        ["POST /settings/secrets"] = Permissions.SecretsManage,
        ["HEAD /settings/connections"] = Permissions.SecretsManage,
        ["GET /settings/connections"] = Permissions.SecretsManage,
        ["POST /settings/connections"] = Permissions.SecretsManage,
        ["HEAD /settings/connections/edit"] = Permissions.SecretsManage,
        ["GET /settings/connections/edit"] = Permissions.SecretsManage,
        ["POST /settings/connections/edit"] = Permissions.SecretsManage,
        ["HEAD /settings/entities"] = Permissions.SettingsManage,
        ["GET /settings/entities"] = Permissions.SettingsManage,
        ["POST /settings/entities"] = Permissions.SettingsManage,
        ["HEAD /settings/entities/edit"] = Permissions.SettingsManage,
        ["GET /settings/entities/edit"] = Permissions.SettingsManage,
        ["POST /settings/entities/edit"] = Permissions.SettingsManage,
        ["HEAD /settings/entities/new"] = Permissions.SettingsManage,
        ["GET /settings/entities/new"] = Permissions.SettingsManage,
        ["POST /settings/entities/new"] = Permissions.SettingsManage,
        ["HEAD /settings/history"] = Permissions.SettingsManage,
        ["GET /settings/history"] = Permissions.SettingsManage,
        ["POST /settings/history"] = Permissions.SettingsManage,
        ["HEAD /settings/limits"] = Permissions.SettingsManage,
        ["GET /settings/limits"] = Permissions.SettingsManage,
        ["POST /settings/limits"] = Permissions.SettingsManage,
        ["HEAD /settings/email"] = Permissions.SettingsManage,
        ["GET /settings/email"] = Permissions.SettingsManage,
        ["POST /settings/email"] = Permissions.SettingsManage,
        ["HEAD /account"] = SignedIn,
        ["GET /account"] = SignedIn,
        ["POST /account"] = SignedIn,
        ["GET /api/v1/sessions"] = SignedIn,
        ["DELETE /api/v1/sessions/{id:guid}"] = SignedIn,
        ["GET /api/v1/account"] = SignedIn,
        ["POST /api/v1/account/password"] = SignedIn,
        ["POST /api/v1/account/totp"] = SignedIn,
        ["POST /api/v1/account/totp/confirm"] = SignedIn,
        ["DELETE /api/v1/account/totp"] = SignedIn,
        ["POST /api/v1/account/totp/recovery-codes"] = SignedIn,
        ["GET /api/v1/openapi.json"] = Anyone,
        ["GET /api/v1/tenants"] = Superadmins,
        ["POST /api/v1/tenants"] = Superadmins,
        ["GET /api/v1/tenants/{slug}"] = Superadmins,
        ["PATCH /api/v1/tenants/{slug}"] = Superadmins,
        ["DELETE /api/v1/tenants/{slug}"] = Superadmins,
        ["POST /api/v1/tenants/{slug}/suspend"] = Superadmins,
        ["POST /api/v1/tenants/{slug}/resume"] = Superadmins,
        ["GET /api/v1/superadmin-tokens"] = Superadmins,
        ["POST /api/v1/superadmin-tokens"] = Superadmins,
        ["DELETE /api/v1/superadmin-tokens/{id:guid}"] = Superadmins,
        ["GET /api/v1/tokens"] = Permissions.TokensManage,
        ["POST /api/v1/tokens"] = Permissions.TokensManage,
        ["DELETE /api/v1/tokens/{id:guid}"] = Permissions.TokensManage,
        ["GET /api/v1/members"] = Permissions.MembersManage,
        ["POST /api/v1/members"] = Permissions.MembersManage,
        ["PATCH /api/v1/members/{id:guid}"] = Permissions.MembersManage,
        ["DELETE /api/v1/members/{id:guid}"] = Permissions.MembersManage,
        ["DELETE /api/v1/members/{id:guid}/totp"] = Permissions.MembersManage,
        ["GET /api/v1/scripts"] = Permissions.ScriptsRead,
        ["POST /api/v1/scripts"] = Permissions.ScriptsCreate,
        ["POST /api/v1/scripts/try"] = Permissions.ScriptsUpdate,
        ["POST /api/v1/scripts/validate"] = Permissions.ScriptsRead,
        ["GET /api/v1/scripts/{script}"] = Permissions.ScriptsRead,
        ["PATCH /api/v1/scripts/{script}"] = Permissions.ScriptsUpdate,
        ["DELETE /api/v1/scripts/{script}"] = Permissions.ScriptsDelete,
        ["GET /api/v1/scripts/{script}/versions"] = Permissions.ScriptsRead,
        ["GET /api/v1/scripts/{script}/versions/{version:int}"] = Permissions.ScriptsRead,
        ["GET /api/v1/scripts/{script}/versions/{version:int}/diff"] = Permissions.ScriptsRead,
        ["POST /api/v1/scripts/{script}/rollback"] = Permissions.ScriptsUpdate,
        ["POST /api/v1/scripts/{script}/enable"] = Permissions.ScriptsUpdate,
        ["POST /api/v1/scripts/{script}/disable"] = Permissions.ScriptsUpdate,
        ["POST /api/v1/scripts/{script}/pause"] = Permissions.ScriptsUpdate,
        ["POST /api/v1/scripts/{script}/resume"] = Permissions.ScriptsUpdate,
        ["GET /api/v1/scripts/{script}/draft"] = Permissions.ScriptsRead,
        ["GET /api/v1/scripts/{script}/drafts"] = Permissions.ScriptsUpdate,
        ["PUT /api/v1/scripts/{script}/draft"] = Permissions.ScriptsUpdate,
        ["DELETE /api/v1/scripts/{script}/draft"] = Permissions.ScriptsUpdate,
        ["GET /api/v1/scripts/{script}/examples"] = Permissions.ScriptsRead,
        ["PUT /api/v1/scripts/{script}/examples/{example}"] = Permissions.ScriptsUpdate,
        ["DELETE /api/v1/scripts/{script}/examples/{example}"] = Permissions.ScriptsUpdate,
        ["POST /api/v1/scripts/{script}/examples/run"] = Permissions.ScriptsUpdate,
        ["POST /api/v1/scripts/{script}/publish"] = Permissions.ScriptsPublish,
        ["POST /api/v1/scripts/{script}/invoke"] = Permissions.ScriptsExecute,
        ["GET /api/v1/hooks"] = Permissions.ScriptsRead,
        ["GET /api/v1/hooks/{name}"] = Permissions.ScriptsRead,
        ["POST /api/v1/hooks/{name}"] = Permissions.ScriptsExecute,
        ["GET /api/v1/entities"] = Permissions.SettingsManage,
        ["GET /api/v1/entities/tables"] = Permissions.SettingsManage,
        ["GET /api/v1/entities/{name}"] = Permissions.SettingsManage,
        ["PUT /api/v1/entities/{name}"] = Permissions.SettingsManage,
        ["DELETE /api/v1/entities/{name}"] = Permissions.SettingsManage,
        ["GET /api/v1/sdk/types"] = Permissions.ScriptsRead,
        ["GET /api/v1/executions"] = Permissions.ExecutionsRead,
        ["GET /api/v1/executions/{id:guid}"] = Permissions.ExecutionsRead,
        ["GET /api/v1/executions/changes"] = Permissions.ExecutionsRead,
        ["GET /api/v1/executions/{id:guid}/logs"] = Permissions.ExecutionsRead,
        ["GET /api/v1/executions/{id:guid}/calls"] = Permissions.ExecutionsRead,
        ["GET /api/v1/executions/{id:guid}/related"] = Permissions.ExecutionsRead,
        ["POST /api/v1/executions/{id:guid}/cancel"] = Permissions.ExecutionsCancel,
        ["POST /api/v1/executions/{id:guid}/replay"] = Permissions.ExecutionsReplay,
        ["GET /api/v1/dead-letters"] = Permissions.ExecutionsRead,
        ["GET /api/v1/dead-letters/{id:guid}"] = Permissions.ExecutionsRead,
        ["POST /api/v1/dead-letters/{id:guid}/replay"] = Permissions.DeadLettersManage,
        ["POST /api/v1/dead-letters/replay"] = Permissions.DeadLettersManage,
        ["POST /api/v1/dead-letters/{id:guid}/discard"] = Permissions.DeadLettersManage,
        ["GET /api/v1/alerts"] = Permissions.ExecutionsRead,
        ["GET /api/v1/alerts/{id:guid}"] = Permissions.ExecutionsRead,
        ["GET /api/v1/alerts/messages"] = Permissions.ExecutionsRead,
        ["GET /api/v1/alerts/channels"] = Permissions.SettingsManage,
        ["GET /api/v1/alerts/channels/{name}"] = Permissions.SettingsManage,
        ["PUT /api/v1/alerts/channels/{name}"] = Permissions.SettingsManage,
        ["DELETE /api/v1/alerts/channels/{name}"] = Permissions.SettingsManage,
        ["POST /api/v1/alerts/channels/{name}/test"] = Permissions.SettingsManage,
        ["GET /api/v1/alerts/rules"] = Permissions.SettingsManage,
        ["GET /api/v1/alerts/rules/{name}"] = Permissions.SettingsManage,
        ["PUT /api/v1/alerts/rules/{name}"] = Permissions.SettingsManage,
        ["DELETE /api/v1/alerts/rules/{name}"] = Permissions.SettingsManage,
        ["POST /api/v1/executions/replay"] = Permissions.ExecutionsReplay,
        ["POST /api/v1/executions/cancel"] = Permissions.ExecutionsCancel,
        ["POST /api/v1/scripts/{script}/executions"] = Permissions.ScriptsExecute,
        ["POST /api/v1/events"] = Permissions.EventsPublish,
        ["GET /api/v1/events"] = Permissions.ExecutionsRead,
        ["GET /api/v1/events/{id:guid}"] = Permissions.ExecutionsRead,
        ["GET /api/v1/scripts/{script}/occurrences"] = Permissions.ScriptsRead,
        ["POST /api/v1/scripts/{script}/occurrences"] = Permissions.ScriptsExecute,
        ["GET /api/v1/scripts/{script}/why"] = Permissions.ScriptsRead,
        ["GET /api/v1/usage"] = Permissions.ExecutionsRead,
        ["GET /api/v1/audit"] = Permissions.AuditRead,
        ["GET /api/v1/audit/{id:guid}"] = Permissions.AuditRead,
        ["GET /api/v1/superadmin-audit"] = Superadmins,
        ["GET /api/v1/superadmin-audit/{id:guid}"] = Superadmins,
        ["GET /api/v1/errors"] = Permissions.ExecutionsRead,
        ["GET /api/v1/errors/{id:guid}"] = Permissions.ExecutionsRead,
        ["POST /api/v1/errors/{id:guid}/resolve"] = Permissions.ScriptsUpdate,
        ["POST /api/v1/errors/{id:guid}/ignore"] = Permissions.ScriptsUpdate,
        ["POST /api/v1/errors/{id:guid}/reopen"] = Permissions.ScriptsUpdate,
        ["GET /api/v1/secrets"] = Permissions.SecretsManage,
        ["GET /api/v1/secrets/{name}"] = Permissions.SecretsManage,
        ["PUT /api/v1/secrets/{name}"] = Permissions.SecretsManage,
        ["DELETE /api/v1/secrets/{name}"] = Permissions.SecretsManage,
        ["GET /api/v1/settings/email"] = Permissions.SettingsManage,
        ["PUT /api/v1/settings/email"] = Permissions.SettingsManage,
        ["DELETE /api/v1/settings/email"] = Permissions.SettingsManage,
        ["GET /api/v1/connections"] = Permissions.SecretsManage,
        ["GET /api/v1/connections/{name}"] = Permissions.SecretsManage,
        ["PUT /api/v1/connections/{name}"] = Permissions.SecretsManage,
        ["DELETE /api/v1/connections/{name}"] = Permissions.SecretsManage,
    };

    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
    {
        BaseAddress = fixture.Product.Admin.BaseAddress,
    };

    private RunningProduct.Tenant _tenant = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _tenant = await fixture.Product.CreateTenantAsync($"t{Guid.NewGuid():N}");

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact(Timeout = Patience)]
    public async Task Every_endpoint_and_page_is_in_the_table_and_nothing_else_is() =>
        (await AdminEndpoints.AllAsync()).Order(StringComparer.Ordinal).ShouldBe(s_needs.Keys.Order(StringComparer.Ordinal));

    [Fact(Timeout = Patience)]
    public async Task Every_endpoint_that_may_change_something_says_what_the_audit_calls_it_or_why_it_has_none()
    {
        var silent = new List<string>();
        var actions = new List<string>();
        foreach (var (name, metadata) in await AdminEndpoints.WithMetadataAsync())
        {
            var audited = metadata.GetMetadata<Audited>();
            var excused = metadata.GetMetadata<Audited.NotAudited>();
            var reads = name.StartsWith("GET ", StringComparison.Ordinal) || name.StartsWith("HEAD ", StringComparison.Ordinal);
            if (!reads && audited is null == excused is null) silent.Add(name);
            if (audited is not null) actions.Add($"{audited.Action} by {name}");
        }

        silent.ShouldBeEmpty();
        actions.ShouldContain("scripts.create by POST /api/v1/scripts");
        actions.ShouldContain("secrets.put by PUT /api/v1/secrets/{name}");
        actions.Count.ShouldBe(actions.Distinct(StringComparer.Ordinal).Count());
    }

    [Theory(Timeout = Patience)]
    [InlineData("superadmin")]
    [InlineData("admin")]
    [InlineData("developer")]
    [InlineData("operator")]
    [InlineData("viewer")]
    public async Task A_role_is_refused_exactly_what_it_lacks(string role)
    {
        var isSuperadmin = role == Roles.Superadmin;
        var token = isSuperadmin ? fixture.Product.Env["SANDBOX_ADMIN_TOKEN"] : await TokenAsync(Roles.All[role]);
        var wrong = new List<string>();
        foreach (var (endpoint, need) in s_needs)
        {
            var may = need is Anyone or SignedIn || isSuperadmin || (need != Superadmins && Roles.All[role].Contains(need));
            var status = await SendAsync(endpoint, token);
            if (!may && status != HttpStatusCode.Forbidden) wrong.Add($"{endpoint} needs {need} and answered {status}");
            if (may && !Passed(need, status)) wrong.Add($"{endpoint} needs {need}, which it has, and answered {status}");
        }

        wrong.ShouldBeEmpty();
    }

    [Fact(Timeout = Patience)]
    public async Task A_token_with_every_permission_but_the_needed_one_is_refused()
    {
        var wrong = new List<string>();
        foreach (var group in s_needs.Where(pair => pair.Value is not (Anyone or SignedIn)).GroupBy(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal))
        {
            var token = await TokenAsync(Permissions.All.Where(permission => permission != group.Key));
            foreach (var endpoint in group)
                if (await SendAsync(endpoint, token) is not HttpStatusCode.Forbidden and var status) wrong.Add($"{endpoint}: {status}");
        }

        wrong.ShouldBeEmpty();
    }

    [Fact(Timeout = Patience)]
    public async Task Without_a_token_only_what_is_for_anyone_opens()
    {
        var wrong = new List<string>();
        foreach (var (endpoint, need) in s_needs)
        {
            var status = await SendAsync(endpoint, token: null);
            var closed = endpoint.Contains(" /api/", StringComparison.Ordinal) ? HttpStatusCode.Unauthorized : HttpStatusCode.Found;
            if (need == Anyone ? !Passed(need, status) : status != closed) wrong.Add($"{endpoint} needs {need} and answered {status}");
        }

        wrong.ShouldBeEmpty();
    }

    /// <summary>Signing in answers 401 itself where the token of its form is wrong.</summary>
    private static bool Passed(string need, HttpStatusCode status) =>
        status is not (HttpStatusCode.Forbidden or HttpStatusCode.InternalServerError) && (need == Anyone || status != HttpStatusCode.Unauthorized);

    private async Task<HttpStatusCode> SendAsync(string endpoint, string? token)
    {
        var parts = endpoint.Split(' ', 2);
        var method = new HttpMethod(parts[0]);
        using var request = new HttpRequestMessage(method, AdminEndpoints.PathOf(parts[1]));
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Add("X-Tenant", _tenant.Slug);
        if (method == HttpMethod.Post || method == HttpMethod.Patch || method == HttpMethod.Put)
            request.Content = new StringContent("{}", new MediaTypeHeaderValue("application/json"));
        using var response = await _client.SendAsync(request, Stop);
        return response.StatusCode;
    }

    private async Task<string> TokenAsync(IEnumerable<string> permissions)
    {
        var names = new JsonArray([.. permissions.Select(permission => JsonValue.Create(permission))]);
        var body = new JsonObject { ["name"] = "table", ["permissions"] = names };
        using var made = await _tenant.SendAsync(HttpMethod.Post, "/tokens", body, Stop);
        return (await RunningProduct.ExpectAsync(made, HttpStatusCode.Created)).GetProperty("token").GetString()!;
    }
}
