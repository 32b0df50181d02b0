using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Protocol.Api;
using Sandbox.Tests.Integration.Http;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.People;

/// <summary>Members of a tenant over REST, up to their own sign-in.</summary>
public sealed class MemberTests(SharedProduct shared) : IAsyncLifetime
{
    private const int Patience = 120_000;
    private const string Password = "correct horse battery";
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    private readonly string _slug = $"t{Guid.NewGuid():N}";
    private RunningProduct _product = null!;
    private RunningProduct.Tenant _tenant = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _product = await shared.Product;
        _client.BaseAddress = _product.Admin.BaseAddress;
        _tenant = await _product.CreateTenantAsync(_slug);
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact(Timeout = Patience)]
    public async Task A_new_member_sets_a_password_by_a_link_that_works_once_and_is_out_once_removed()
    {
        var made = await AddAsync("Eve", Roles.Viewer);
        var link = new Uri(made.GetProperty("link").GetString()!).PathAndQuery;
        made.GetProperty("has_password").GetBoolean().ShouldBeFalse();
        (await GetAsync(link, null)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await PostAsync(link, ("password", "short"))).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await PostAsync(link, ("password", Password))).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        (await PostAsync(link, ("password", Password))).StatusCode.ShouldBe(HttpStatusCode.Gone);
        (await GetAsync(link, null)).StatusCode.ShouldBe(HttpStatusCode.Gone);

        var signedIn = await PostAsync("/signin", ("email", EmailOf("eve")), ("password", Password));
        var cookie = signedIn.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        (await GetAsync("/executions", cookie)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await GetAsync("/executions?tenant=demo", cookie)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        var id = made.GetProperty("id").GetString();
        using var removed = await _tenant.SendAsync(HttpMethod.Delete, $"/members/{id}", cancellationToken: Stop);
        removed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await GetAsync("/executions", cookie)).StatusCode.ShouldBe(HttpStatusCode.Found);
        (await AddAsync("Eve", Roles.Viewer)).GetProperty("link").GetString().ShouldNotBeNull();
    }

    [Fact(Timeout = Patience)]
    public async Task The_last_admin_is_neither_demoted_nor_removed()
    {
        var id = (await AddAsync("Ann", Roles.Admin)).GetProperty("id").GetString();
        await AddAsync("Eve", Roles.Developer);

        using var demoted = await SetRoleAsync(id, Roles.Viewer);
        using var removed = await _tenant.SendAsync(HttpMethod.Delete, $"/members/{id}", cancellationToken: Stop);
        demoted.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        removed.StatusCode.ShouldBe(HttpStatusCode.Conflict);

        await AddAsync("Bob", Roles.Admin);
        using var second = await SetRoleAsync(id, Roles.Viewer);
        second.StatusCode.ShouldBe(HttpStatusCode.OK);
        var listed = (await _tenant.GetAsync("/members")).GetProperty("items").EnumerateArray();
        listed.Select(member => $"{member.GetProperty("name").GetString()} {member.GetProperty("role").GetString()}")
            .ShouldBe(["Ann viewer", "Bob admin", "Eve developer"], ignoreOrder: true);
    }

    [Fact(Timeout = Patience)]
    public async Task Nobody_gives_a_role_that_may_more_than_himself()
    {
        var token = await TokenAsync(Permissions.MembersManage, Permissions.ScriptsRead, Permissions.ExecutionsRead);

        (await AddAsync("Eve", Roles.Developer, token)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await AddAsync("Eve", Roles.Viewer, token)).StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact(Timeout = Patience)]
    public async Task A_person_with_an_account_is_added_to_another_tenant_by_a_superadmin_alone_and_gets_no_link()
    {
        var eve = await AddAsync("Eve", Roles.Viewer);
        (await _tenant.SendAsync(HttpMethod.Post, "/members", Body("Eve", Roles.Viewer), Stop)).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        _tenant = await _product.CreateTenantAsync($"t{Guid.NewGuid():N}");
        var admin = await TokenAsync([.. Permissions.All]);

        (await AddAsync("Eve", Roles.Viewer, admin)).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        var added = await AddAsync("Eve", Roles.Operator);

        added.GetProperty("id").GetString().ShouldBe(eve.GetProperty("id").GetString());
        added.GetProperty("link").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    private string EmailOf(string name) => $"{name.ToLowerInvariant()}@{_slug}.example";

    private JsonObject Body(string name, string role) => new() { ["email"] = EmailOf(name), ["name"] = name, ["role"] = role };

    private async Task<JsonElement> AddAsync(string name, string role)
    {
        using var response = await _tenant.SendAsync(HttpMethod.Post, "/members", Body(name, role), Stop);
        return await RunningProduct.ExpectAsync(response, HttpStatusCode.Created);
    }

    private Task<HttpResponseMessage> AddAsync(string name, string role, string token) =>
        _product.SendAsync(HttpMethod.Post, "/api/v1/members", token, null, Body(name, role), Stop);

    private Task<HttpResponseMessage> SetRoleAsync(string? id, string role) =>
        _tenant.SendAsync(HttpMethod.Patch, $"/members/{id}", new JsonObject { ["role"] = role }, Stop);

    private async Task<string> TokenAsync(params string[] permissions)
    {
        var body = new JsonObject { ["name"] = "t", ["permissions"] = new JsonArray([.. permissions.Select(name => JsonValue.Create(name))]) };
        using var made = await _tenant.SendAsync(HttpMethod.Post, "/tokens", body, Stop);
        return (await RunningProduct.ExpectAsync(made, HttpStatusCode.Created)).GetProperty("token").GetString()!;
    }

    private async Task<HttpResponseMessage> PostAsync(string path, params (string Name, string Value)[] fields)
    {
        using var form = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        return await _client.PostAsync(path, form, Stop);
    }

    private async Task<HttpResponseMessage> GetAsync(string path, string? cookie)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (cookie is not null) request.Headers.Add("Cookie", cookie);
        return await _client.SendAsync(request, Stop);
    }
}
