using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Protocol.Api;
using Sandbox.Tests.Integration.Http;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.People;

/// <summary>A person's own sessions and password, as the pages' scripts ask for them.</summary>
public sealed class AccountTests(SharedProduct shared) : IAsyncLifetime
{
    private const int Patience = 120_000;
    private const string Password = "correct horse battery";
    private const string NewPassword = "staple and correct";
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    private readonly string _email = $"{Guid.NewGuid():N}@account.example";
    private RunningProduct _product = null!;
    private RunningProduct.Tenant _tenant = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _product = await shared.Product;
        _client.BaseAddress = _product.Admin.BaseAddress;
        _tenant = await _product.CreateTenantAsync($"t{Guid.NewGuid():N}");
        await AddPersonAsync(_email);
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact(Timeout = Patience)]
    public async Task A_person_sees_the_own_browsers_and_signs_one_out()
    {
        var (here, there) = (await SignInAsync(_email, "<b>here</b>"), await SignInAsync(_email, "there"));

        var sessions = await SessionsAsync(here);
        var other = sessions.Single(session => !session.GetProperty("current").GetBoolean());

        sessions.Count.ShouldBe(2);
        other.GetProperty("user_agent").GetString().ShouldBe("there");
        var current = sessions.Single(session => session.GetProperty("current").GetBoolean());
        current.GetProperty("user_agent").GetString().ShouldBe("<b>here</b>");
        var page = await (await SendAsync(HttpMethod.Get, "/account", here)).Content.ReadAsStringAsync(Stop);
        page.ShouldContain(_email);
        page.ShouldContain("&lt;b&gt;here&lt;/b&gt;");
        page.ShouldContain($"data-api=\"/sessions/{other.GetProperty("id").GetString()}\"");
        page.ShouldContain("data-api=\"/account/password\"");

        (await EndAsync(here, other)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await SendAsync(HttpMethod.Get, "/api/v1/sessions", there)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await SessionsAsync(here)).Count.ShouldBe(1);
        (await EndAsync(here, other)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact(Timeout = Patience)]
    public async Task A_session_of_another_person_is_neither_seen_nor_ended()
    {
        var eve = $"{Guid.NewGuid():N}@account.example";
        await AddPersonAsync(eve);
        var (mine, hers) = (await SignInAsync(_email, "mine"), await SignInAsync(eve, "hers"));
        var session = (await SessionsAsync(mine)).Single();

        (await EndAsync(hers, session)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var path = $"/api/v1/sessions/{session.GetProperty("id").GetString()}";
        using var byToken = await _product.SendAsync(HttpMethod.Delete, path, _product.Env["SANDBOX_ADMIN_TOKEN"], null, null, Stop);

        byToken.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await SessionsAsync(mine)).Count.ShouldBe(1);
        (await SessionsAsync(hers)).Single().GetProperty("user_agent").GetString().ShouldBe("hers");
    }

    [Fact(Timeout = Patience)]
    public async Task A_new_password_ends_the_other_sessions_and_the_old_password()
    {
        var (here, there) = (await SignInAsync(_email, "here"), await SignInAsync(_email, "there"));

        (await ChangeAsync(here, Password, NewPassword)).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await SessionsAsync(here)).Single().GetProperty("current").GetBoolean().ShouldBeTrue();
        (await SendAsync(HttpMethod.Get, "/api/v1/sessions", there)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await TrySignInAsync(_email, Password)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await TrySignInAsync(_email, NewPassword)).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
    }

    [Theory(Timeout = Patience)]
    [InlineData("another horse battery", NewPassword, "current")]
    [InlineData("", NewPassword, "current")]
    [InlineData(Password, "short", "password")]
    public async Task A_wrong_current_or_a_weak_new_password_is_named_and_changes_nothing(string current, string password, string field)
    {
        var (here, there) = (await SignInAsync(_email, "here"), await SignInAsync(_email, "there"));

        using var refused = await ChangeAsync(here, current, password);

        var problem = await RunningProduct.ExpectAsync(refused, HttpStatusCode.UnprocessableEntity);
        problem.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("field").GetString()).ShouldBe([field]);
        (await SessionsAsync(there)).Count.ShouldBe(2);
        (await TrySignInAsync(_email, Password)).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
    }

    [Fact(Timeout = Patience)]
    public async Task Wrong_current_passwords_lock_the_account_as_at_the_sign_in()
    {
        var here = await SignInAsync(_email, "here");
        for (var attempt = 1; attempt <= 5; attempt++) await ChangeAsync(here, $"another horse {attempt}", NewPassword);

        (await ChangeAsync(here, Password, NewPassword)).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        (await TrySignInAsync(_email, Password)).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
    }

    [Fact(Timeout = Patience)]
    public async Task The_change_is_in_the_audit_without_any_password_and_no_hash_of_it_is_kept_under_a_key()
    {
        var here = await SignInAsync(_email, "here");
        (await ChangeAsync(here, Password, NewPassword, ("Idempotency-Key", "k"))).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        // A kept answer would be given again.
        (await ChangeAsync(here, Password, NewPassword, ("Idempotency-Key", "k"))).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        var audit = (await _tenant.GetAsync("/audit?action=account.password")).GetRawText();

        audit.ShouldContain(_email);
        audit.ShouldNotContain("horse");
        audit.ShouldNotContain("staple");
    }

    [Fact(Timeout = Patience)]
    public async Task Another_sites_page_cannot_change_the_password_of_its_visitor()
    {
        var here = await SignInAsync(_email, "here");

        using var request = Request(HttpMethod.Post, "/api/v1/account/password", here, "cross-site");
        request.Content = JsonContent.Create(new { current = Password, password = NewPassword });
        using var refused = await _client.SendAsync(request, Stop);

        refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await TrySignInAsync(_email, Password)).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
    }

    private async Task AddPersonAsync(string email)
    {
        var body = new JsonObject { ["email"] = email, ["name"] = "Ann", ["role"] = Roles.Viewer };
        using var response = await _tenant.SendAsync(HttpMethod.Post, "/members", body, Stop);
        var link = (await RunningProduct.ExpectAsync(response, HttpStatusCode.Created)).GetProperty("link").GetString()!;
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("password", Password)]);
        using var set = await _client.PostAsync(new Uri(link).PathAndQuery, form, Stop);
        set.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
    }

    private async Task<HttpResponseMessage> TrySignInAsync(string email, string password, string agent = "test")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/signin");
        request.Content = new FormUrlEncodedContent([KeyValuePair.Create("email", email), KeyValuePair.Create("password", password)]);
        request.Headers.TryAddWithoutValidation("User-Agent", agent);
        return await _client.SendAsync(request, Stop);
    }

    private async Task<string> SignInAsync(string email, string agent) =>
        (await TrySignInAsync(email, Password, agent)).Headers.GetValues("Set-Cookie").Single().Split(';')[0];

    private static HttpRequestMessage Request(HttpMethod method, string path, string cookie, string site = "same-origin")
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Add("Cookie", cookie);
        request.Headers.Add("Sec-Fetch-Site", site);
        return request;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string cookie)
    {
        using var request = Request(method, path, cookie);
        return await _client.SendAsync(request, Stop);
    }

    private async Task<IReadOnlyList<JsonElement>> SessionsAsync(string cookie)
    {
        using var response = await SendAsync(HttpMethod.Get, "/api/v1/sessions", cookie);
        return [.. (await RunningProduct.ExpectAsync(response, HttpStatusCode.OK)).GetProperty("items").EnumerateArray()];
    }

    private Task<HttpResponseMessage> EndAsync(string cookie, JsonElement session) =>
        SendAsync(HttpMethod.Delete, $"/api/v1/sessions/{session.GetProperty("id").GetString()}", cookie);

    private async Task<HttpResponseMessage> ChangeAsync(
        string cookie, string current, string password, params (string Name, string Value)[] headers)
    {
        using var request = Request(HttpMethod.Post, "/api/v1/account/password", cookie);
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        request.Content = JsonContent.Create(new { current, password });
        return await _client.SendAsync(request, Stop);
    }
}
