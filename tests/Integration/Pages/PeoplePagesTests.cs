using System.Net;
using System.Text.Json.Nodes;
using Sandbox.Protocol.Api;
using Sandbox.Tests.Integration.Http;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Pages;

/// <summary>The pages of members, tokens and the audit.</summary>
public sealed class PeoplePagesTests(SharedProduct shared) : IAsyncLifetime
{
    private const int Patience = 120_000;
    private const string Markup = "<script>alert(1)</script>";
    private const string MarkupAsText = "&lt;script&gt;alert(1)&lt;/script&gt;";
    private RunningProduct _product = null!;
    private RunningProduct.Tenant _tenant = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _product = await shared.Product;
        _tenant = await _product.CreateTenantAsync($"t{Guid.NewGuid():N}");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact(Timeout = Patience)]
    public async Task Members_are_listed_with_their_roles_and_a_name_stays_text()
    {
        (await PageAsync("/members")).Page.ShouldContain("This tenant has no members yet");
        var made = await AddMemberAsync(Markup, Roles.Operator);

        var (status, page) = await PageAsync("/members");

        status.ShouldBe(HttpStatusCode.OK);
        page.ShouldContain(MarkupAsText);
        page.ShouldNotContain("<script>");
        page.ShouldContain("<td>Operator</td>");
        page.ShouldContain("<td>Invited</td>");
        page.ShouldContain($"data-api=\"/members/{made}\" data-method=\"PATCH\"");
        page.ShouldContain($"data-api=\"/members/{made}\" data-method=\"DELETE\"");
        page.ShouldContain("<option value=\"admin\">");
    }

    [Fact(Timeout = Patience)]
    public async Task Only_roles_and_permissions_that_the_reader_has_are_offered()
    {
        var token = await TokenAsync(
            "ci", Permissions.MembersManage, Permissions.TokensManage, Permissions.ScriptsRead, Permissions.ExecutionsRead);

        var members = (await PageAsync("/members", token.Value)).Page;
        var tokens = (await PageAsync("/tokens", token.Value)).Page;

        members.ShouldContain("<option value=\"viewer\">");
        members.ShouldNotContain("<option value=\"operator\">");
        tokens.ShouldContain("value=\"scripts.read\"");
        tokens.ShouldNotContain("value=\"secrets.manage\"");
    }

    [Fact(Timeout = Patience)]
    public async Task A_token_is_shown_without_its_value_and_a_revoked_one_without_the_action()
    {
        (await PageAsync("/tokens")).Page.ShouldContain("This tenant has no token yet");
        var (id, value) = await TokenAsync(Markup, Permissions.ScriptsRead);

        var before = (await PageAsync("/tokens")).Page;
        using var revoked = await _tenant.SendAsync(HttpMethod.Delete, $"/tokens/{id}", cancellationToken: Stop);
        var after = (await PageAsync("/tokens")).Page;

        before.ShouldContain(MarkupAsText);
        before.ShouldNotContain("<script>");
        before.ShouldNotContain(value);
        before.ShouldContain($"data-api=\"/tokens/{id}\"");
        after.ShouldContain("Revoked");
        after.ShouldNotContain($"data-api=\"/tokens/{id}\"");
    }

    [Fact(Timeout = Patience)]
    public async Task A_token_whose_name_no_keyboard_writes_is_revoked_by_the_end_of_its_id()
    {
        var plain = await TokenAsync("ci build", Permissions.ScriptsRead);
        var hidden = await TokenAsync("ci\u202ebuild", Permissions.ScriptsRead);

        var page = (await PageAsync("/tokens")).Page;

        page.ShouldContain("data-must-be=\"ci build\"");
        page.ShouldContain($"data-must-be=\"{hidden.Id[^12..]}\"");
        page.ShouldNotContain($"data-must-be=\"{plain.Id[^12..]}\"");
    }

    [Fact(Timeout = Patience)]
    public async Task The_audit_tells_sentences_that_filters_choose_from_and_another_tenants_entries_are_not_there()
    {
        await _tenant.CreateScriptAsync("receipt", "embedded", "return 1;");
        var token = await TokenAsync(Markup, Permissions.ScriptsRead);
        using var refused = await _product.SendAsync(HttpMethod.Get, "/api/v1/members", token.Value, null, null, Stop);
        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        var all = (await PageAsync("/audit")).Page;
        var scripts = (await PageAsync("/audit?action=scripts.*")).Page;
        var refusals = (await PageAsync("/audit?outcome=refused")).Page;
        _tenant = await _product.CreateTenantAsync($"t{Guid.NewGuid():N}");
        var others = (await PageAsync("/audit")).Page;

        all.ShouldContain("made the script <b><bdi>receipt</bdi></b>");
        all.ShouldContain($"made the token <b><bdi>{MarkupAsText}</bdi></b>");
        all.ShouldContain($"<b><bdi>{MarkupAsText}</bdi></b> was refused <span class=\"mono\">members.manage</span>");
        all.ShouldNotContain("<script>");
        all.ShouldContain("<span class=\"key\">");
        scripts.ShouldContain("made the script");
        scripts.ShouldNotContain("made the token");
        refusals.ShouldContain("was refused");
        refusals.ShouldNotContain("made the script");
        others.ShouldContain("made the tenant");
        others.ShouldNotContain("receipt");
    }

    [Theory(Timeout = Patience)]
    [InlineData("?actor=%00")]
    [InlineData("?target=%00")]
    [InlineData("?action=%00")]
    public async Task A_filter_of_the_audit_that_no_entry_could_have_is_refused_in_the_pages_place(string query)
    {
        var (status, page) = await PageAsync($"/audit{query}");

        status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        page.ShouldContain("This could not be shown");
    }

    [Fact(Timeout = Patience)]
    public async Task A_viewer_is_neither_led_to_these_pages_nor_let_in()
    {
        var viewer = await TokenAsync("viewer", [.. Roles.All[Roles.Viewer]]);
        var admin = (await PageAsync("/executions")).Page;

        var seen = (await PageAsync("/executions", viewer.Value)).Page;

        foreach (var path in (string[])["/members", "/tokens", "/audit"])
        {
            admin.ShouldContain($"href=\"{path}?tenant={_tenant.Slug}\"");
            seen.ShouldNotContain($"href=\"{path}");
            (await PageAsync(path, viewer.Value)).Status.ShouldBe(HttpStatusCode.Forbidden);
        }
    }

    private async Task<string> AddMemberAsync(string name, string role)
    {
        var body = new JsonObject { ["email"] = $"{Guid.NewGuid():N}@people.example", ["name"] = name, ["role"] = role };
        using var response = await _tenant.SendAsync(HttpMethod.Post, "/members", body, Stop);
        return (await RunningProduct.ExpectAsync(response, HttpStatusCode.Created)).GetProperty("id").GetString()!;
    }

    private async Task<(string Id, string Value)> TokenAsync(string name, params string[] permissions)
    {
        var granted = new JsonArray([.. permissions.Select(one => JsonValue.Create(one))]);
        var body = new JsonObject { ["name"] = name, ["permissions"] = granted };
        using var response = await _tenant.SendAsync(HttpMethod.Post, "/tokens", body, Stop);
        var made = await RunningProduct.ExpectAsync(response, HttpStatusCode.Created);
        return (made.GetProperty("id").GetString()!, made.GetProperty("token").GetString()!);
    }

    /// <param name="token">Null: a superadmin's.</param>
    private async Task<(HttpStatusCode Status, string Page)> PageAsync(string path, string? token = null)
    {
        var address = $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}tenant={_tenant.Slug}";
        var bearer = token ?? _product.Env["SANDBOX_ADMIN_TOKEN"];
        using var response = await _product.SendAsync(HttpMethod.Get, address, bearer, null, null, Stop);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Stop));
    }
}
