using System.Net;
using Sandbox.Tests.Integration.Http;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.People;

/// <summary>The set-up and the sign-in as a browser sends them.</summary>
public sealed class SignInPageTests(SharedProduct shared) : IAsyncLifetime
{
    private const int Patience = 120_000;
    private const string Password = "correct horse battery";
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    private RunningProduct _product = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _product = await shared.Product;
        _client.BaseAddress = _product.Admin.BaseAddress;
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact(Timeout = Patience)]
    public async Task The_set_up_makes_the_first_superadmin_who_signs_in_by_password_from_then_on()
    {
        var link = new Uri(_product.Env["SANDBOX_SETUP_URL"]).PathAndQuery;
        using var made = await PostAsync(link, ("email", "Root@example.com"), ("name", "Root"), ("password", Password));
        made.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        (await StatusAsync("/executions", CookieOf(made))).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(link, null)).ShouldBe(HttpStatusCode.Gone);

        using var wrong = await PostAsync("/signin", ("email", "root@example.com"), ("password", "another horse battery"));
        wrong.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        wrong.Headers.Contains("Set-Cookie").ShouldBeFalse();
        var page = await wrong.Content.ReadAsStringAsync(Stop);
        page.ShouldContain("The e-mail or the password is wrong.");
        page.ShouldContain("autocomplete=\"username\"");
        page.ShouldContain("autocomplete=\"current-password\"");
        page.ShouldNotContain("another horse");

        using var right = await PostAsync("/signin", ("email", "root@example.com"), ("password", Password));
        right.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        (await StatusAsync("/executions", CookieOf(right))).ShouldBe(HttpStatusCode.OK);
        using var left = await PostAsync("/signout", CookieOf(right));
        (await StatusAsync("/executions", CookieOf(right))).ShouldBe(HttpStatusCode.Found);
    }

    [Theory(Timeout = Patience)]
    [InlineData("/executions?status=failed", "/executions?status=failed")]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("https://evil.example/", "/")]
    [InlineData("~/evil", "/")]
    public async Task The_sign_in_leads_back_to_a_page_of_ours_alone(string asked, string led)
    {
        using var response = await PostAsync($"/signin?returnUrl={Uri.EscapeDataString(asked)}", ("token", _product.Env["SANDBOX_TOKEN"]));

        response.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        response.Headers.Location!.OriginalString.ShouldBe(led);
    }

    [Fact(Timeout = Patience)]
    public async Task The_form_for_a_token_keeps_the_page_that_was_asked_for()
    {
        var page = await _client.GetStringAsync("/signin?by=token&returnUrl=%2Fexecutions%3Fa%3Db", Stop);

        page.ShouldContain("action=\"/signin?by=token&amp;returnUrl=%2Fexecutions%3Fa%3Db\"");
        page.ShouldContain("name=\"token\"");
        page.ShouldNotContain("name=\"password\"");
    }

    private static string CookieOf(HttpResponseMessage response) => response.Headers.GetValues("Set-Cookie").Single().Split(';')[0];

    private Task<HttpResponseMessage> PostAsync(string path, params (string Name, string Value)[] fields) => PostAsync(path, null, fields);

    private async Task<HttpResponseMessage> PostAsync(string path, string? cookie, params (string Name, string Value)[] fields)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        if (cookie is not null) request.Headers.Add("Cookie", cookie);
        return await _client.SendAsync(request, Stop);
    }

    private async Task<HttpStatusCode> StatusAsync(string path, string? cookie)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (cookie is not null) request.Headers.Add("Cookie", cookie);
        using var response = await _client.SendAsync(request, Stop);
        return response.StatusCode;
    }
}
