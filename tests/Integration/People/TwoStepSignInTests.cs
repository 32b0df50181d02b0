using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using OtpNet;
using Sandbox.Protocol.Api;
using Sandbox.Tests.Integration.Http;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.People;

/// <summary>The two-step sign-in as a browser goes through it, and its reset by an admin.</summary>
public sealed class TwoStepSignInTests : IAsyncLifetime
{
    private const int Patience = 120_000;
    private const string Password = "correct horse battery";
    private const string NewPassword = "staple and correct";
    // An address of each test's own: 30 attempts of one in a minute are the most.
    private readonly IPAddress _address = new([127, .. RandomNumberGenerator.GetBytes(2), 9]);
    private readonly HttpClient _client;
    private readonly string _email = $"{Guid.NewGuid():N}@twostep.example";
    private readonly SharedProduct _shared;
    private RunningProduct _product = null!;
    private RunningProduct.Tenant _tenant = null!;
    private string _id = "";

    public TwoStepSignInTests(SharedProduct shared)
    {
        _shared = shared;
        _client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectCallback = ConnectAsync });
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _product = await _shared.Product;
        _client.BaseAddress = _product.Admin.BaseAddress;
        _tenant = await _product.CreateTenantAsync($"t{Guid.NewGuid():N}");
        _id = await AddPersonAsync(_email, "Ann");
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact(Timeout = Patience)]
    public async Task A_right_password_leads_to_the_code_and_the_code_once_to_a_session_and_back_to_the_page()
    {
        var (secret, _) = await SwitchOnAsync(_email);
        using var first = await PasswordAsync(_email, Password, "?returnUrl=%2Fexecutions%3Fa%3Db");

        first.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        first.Headers.Location!.OriginalString.ShouldBe("/signin/code?returnUrl=%2Fexecutions%3Fa%3Db");
        var set = first.Headers.GetValues("Set-Cookie").Single();
        set.ShouldContain("httponly", Case.Insensitive);
        set.ShouldContain("samesite=strict", Case.Insensitive);
        var ticket = CookieOf(first);
        (await StatusAsync("/executions", ticket)).ShouldBe(HttpStatusCode.Found);
        var disguised = ticket.Replace("sandbox_code", "sandbox_admin", StringComparison.Ordinal);
        (await StatusAsync("/executions", disguised)).ShouldBe(HttpStatusCode.Found);

        using (var wrong = await CodeAsync(ticket, CodeOf(secret, -3)))
        {
            wrong.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
            wrong.Headers.Contains("Set-Cookie").ShouldBeFalse();
        }

        // The next step's: the code of this one confirmed the app.
        var code = CodeOf(secret, 1);
        using var second = await CodeAsync(ticket, code, "?returnUrl=%2Fexecutions%3Fa%3Db");
        second.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        second.Headers.Location!.OriginalString.ShouldBe("/executions?a=b");
        var session = second.Headers.GetValues("Set-Cookie")
            .Single(one => one.StartsWith("sandbox_admin=", StringComparison.Ordinal))
            .Split(';')[0];
        (await StatusAsync("/executions", session)).ShouldBe(HttpStatusCode.OK);

        (await CodeAsync(ticket, CodeOf(secret, 1))).StatusCode.ShouldBe(HttpStatusCode.Gone);
        using var again = await PasswordAsync(_email, Password);
        (await CodeAsync(CookieOf(again), code)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact(Timeout = Patience)]
    public async Task There_is_no_second_step_without_the_first_and_a_wrong_password_is_not_told_of_it()
    {
        var (secret, _) = await SwitchOnAsync(_email);

        (await StatusAsync("/signin/code", null)).ShouldBe(HttpStatusCode.SeeOther);
        (await CodeAsync("sandbox_code=0123456789abcdef", CodeOf(secret, 1))).StatusCode.ShouldBe(HttpStatusCode.Gone);
        using var wrong = await PasswordAsync(_email, "another horse battery");
        using var nobody = await PasswordAsync($"{Guid.NewGuid():N}@twostep.example", Password);
        (wrong.StatusCode, wrong.Headers.Contains("Set-Cookie")).ShouldBe((HttpStatusCode.Unauthorized, false));
        (await TextAsync(wrong)).Replace(_email, "", StringComparison.Ordinal).Length.ShouldBe(
            (await TextAsync(nobody)).Length - _email.Length);
    }

    [Fact(Timeout = Patience)]
    public async Task A_ticket_takes_its_own_persons_codes_alone_and_two_at_once_are_one()
    {
        var eve = $"{Guid.NewGuid():N}@twostep.example";
        await AddPersonAsync(eve, "Eve");
        var (_, anns) = await SwitchOnAsync(_email);
        var (_, eves) = await SwitchOnAsync(eve);
        using var first = await PasswordAsync(_email, Password);
        using var other = await PasswordAsync(_email, Password);

        (await CodeAsync(CookieOf(first), eves[0])).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        var both = await Task.WhenAll(CodeAsync(CookieOf(first), anns[0]), CodeAsync(CookieOf(other), anns[0]));

        both.Select(answer => answer.StatusCode).Order().ShouldBe([HttpStatusCode.SeeOther, HttpStatusCode.Unauthorized]);
    }

    [Fact(Timeout = Patience)]
    public async Task Five_wrong_codes_lock_the_account_however_often_the_password_is_right()
    {
        var (_, codes) = await SwitchOnAsync(_email);
        var ticket = "";
        for (var i = 1; i <= 5; i++)
        {
            using var first = await PasswordAsync(_email, Password);
            ticket = CookieOf(first);
            var answered = (await CodeAsync(ticket, "no code")).StatusCode;
            answered.ShouldBe(i < 5 ? HttpStatusCode.Unauthorized : HttpStatusCode.TooManyRequests);
        }

        (await CodeAsync(ticket, codes[0])).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        (await PasswordAsync(_email, Password)).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        await SeeAsync("account.lock", 1);
        await SeeAsync("account.sign_in&outcome=refused", 1);
    }

    [Fact(Timeout = Patience)]
    public async Task A_changed_password_ends_the_ticket_and_still_asks_for_a_code()
    {
        var here = await SessionAsync(_email);
        var (_, codes) = await SwitchOnAsync(_email, here);
        using var first = await PasswordAsync(_email, Password);
        using var changed = await SendAsync(HttpMethod.Post, "/account/password", here, new { current = Password, password = NewPassword });
        changed.StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await CodeAsync(CookieOf(first), codes[0])).StatusCode.ShouldBe(HttpStatusCode.Gone);
        using var again = await PasswordAsync(_email, NewPassword);
        again.Headers.Location!.OriginalString.ShouldBe("/signin/code");
    }

    [Fact(Timeout = Patience)]
    public async Task The_account_says_whether_it_is_on_and_the_audit_who_switched_it_and_signed_in()
    {
        var here = await SessionAsync(_email);
        (await PageAsync("/account", here)).ShouldContain("data-dialog=\"totp-begin\"");
        var (_, codes) = await SwitchOnAsync(_email, here);

        using var asked = await SendAsync(HttpMethod.Get, "/account", here, null);
        var account = await RunningProduct.ExpectAsync(asked, HttpStatusCode.OK);
        (account.GetProperty("totp").GetBoolean(), account.GetProperty("recovery_codes_left").GetInt32()).ShouldBe((true, 10));
        (await PageAsync("/account", here)).ShouldContain("data-dialog=\"totp-off\"");
        using var first = await PasswordAsync(_email, Password);
        (await CodeAsync(CookieOf(first), codes[0])).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        using var off = await SendAsync(HttpMethod.Delete, "/account/totp", here, new { password = Password, code = codes[1] });
        off.StatusCode.ShouldBe(HttpStatusCode.NoContent);

        await SeeAsync("account.sign_in", 2);
        await SeeAsync("account.recovery_code", 1);
        await SeeAsync("account.totp_on", 1);
        await SeeAsync("account.totp_off", 1);
        var audit = (await _tenant.GetAsync("/audit")).GetRawText();
        foreach (var code in codes) audit.ShouldNotContain(code);
        audit.ShouldNotContain("horse");
    }

    [Fact(Timeout = Patience)]
    public async Task An_admin_resets_it_for_a_member_of_this_tenant_alone_and_a_superadmin_for_any()
    {
        var admin = await TokenAsync();
        var reset = $"/api/v1/members/{_id}/totp";
        (await _product.SendAsync(HttpMethod.Delete, reset, admin, null, null, Stop)).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        await SwitchOnAsync(_email);
        (await MembersPageAsync()).ShouldContain($"data-api=\"/members/{_id}/totp\"");
        (await _product.SendAsync(HttpMethod.Delete, reset, admin, null, null, Stop)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await MembersPageAsync()).ShouldNotContain($"data-api=\"/members/{_id}/totp\"");
        (await PasswordAsync(_email, Password)).Headers.Location!.OriginalString.ShouldBe("/");
        await SeeAsync("members.totp_reset&outcome=done", 1);

        await SwitchOnAsync(_email);
        var other = await _product.CreateTenantAsync($"t{Guid.NewGuid():N}");
        var body = new JsonObject { ["email"] = _email, ["name"] = "Ann", ["role"] = Roles.Viewer };
        (await other.SendAsync(HttpMethod.Post, "/members", body, Stop)).StatusCode.ShouldBe(HttpStatusCode.Created);
        (await _product.SendAsync(HttpMethod.Delete, reset, admin, null, null, Stop)).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        using var superadmins = await other.SendAsync(HttpMethod.Delete, $"/members/{_id}/totp", cancellationToken: Stop);
        superadmins.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await SeeAsync("members.totp_reset&outcome=done", 2);
    }

    [Fact(Timeout = Patience)]
    public async Task Nobody_resets_the_own_one_past_password_and_code()
    {
        var email = $"{Guid.NewGuid():N}@twostep.example";
        var id = await AddPersonAsync(email, "Admin", Roles.Admin);
        var here = await SessionAsync(email);
        await SwitchOnAsync(email, here);

        using var refused = await SendAsync(HttpMethod.Delete, $"/members/{id}/totp", here, null);

        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(_address, 0));
        await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private static string CookieOf(HttpResponseMessage response) => response.Headers.GetValues("Set-Cookie").Single().Split(';')[0];

    private static string CodeOf(byte[] secret, int steps) =>
        new Totp(secret).ComputeTotp(TimeProvider.System.GetUtcNow().AddSeconds(30 * steps).UtcDateTime);

    private static Task<string> TextAsync(HttpResponseMessage response) => response.Content.ReadAsStringAsync(Stop);

    private async Task<string> AddPersonAsync(string email, string name, string role = Roles.Viewer)
    {
        var body = new JsonObject { ["email"] = email, ["name"] = name, ["role"] = role };
        using var response = await _tenant.SendAsync(HttpMethod.Post, "/members", body, Stop);
        var made = await RunningProduct.ExpectAsync(response, HttpStatusCode.Created);
        using var set = await PostAsync(new Uri(made.GetProperty("link").GetString()!).PathAndQuery, null, ("password", Password));
        set.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        return made.GetProperty("id").GetString()!;
    }

    private async Task<string> SessionAsync(string email)
    {
        using var response = await PasswordAsync(email, Password);
        return CookieOf(response);
    }

    private async Task<(byte[] Secret, string[] Codes)> SwitchOnAsync(string email, string? session = null)
    {
        session ??= await SessionAsync(email);
        using var begun = await SendAsync(HttpMethod.Post, "/account/totp", session, new { password = Password });
        var text = (await RunningProduct.ExpectAsync(begun, HttpStatusCode.OK)).GetProperty("secret").GetString()!;
        var secret = Base32Encoding.ToBytes(text);
        using var confirmed = await SendAsync(HttpMethod.Post, "/account/totp/confirm", session, new { code = CodeOf(secret, 0) });
        var codes = (await RunningProduct.ExpectAsync(confirmed, HttpStatusCode.OK)).GetProperty("codes");
        return (secret, [.. codes.EnumerateArray().Select(code => code.GetString()!)]);
    }

    private async Task<string> TokenAsync()
    {
        var body = new JsonObject { ["name"] = "admin", ["permissions"] = new JsonArray(JsonValue.Create(Permissions.MembersManage)) };
        using var made = await _tenant.SendAsync(HttpMethod.Post, "/tokens", body, Stop);
        return (await RunningProduct.ExpectAsync(made, HttpStatusCode.Created)).GetProperty("token").GetString()!;
    }

    private Task<HttpResponseMessage> PasswordAsync(string email, string password, string query = "") =>
        PostAsync($"/signin{query}", null, ("email", email), ("password", password));

    private Task<HttpResponseMessage> CodeAsync(string ticket, string code, string query = "") =>
        PostAsync($"/signin/code{query}", ticket, ("code", code));

    private async Task<HttpResponseMessage> PostAsync(string path, string? cookie, params (string Name, string Value)[] fields)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        if (cookie is not null) request.Headers.Add("Cookie", cookie);
        return await _client.SendAsync(request, Stop);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string cookie, object? body)
    {
        using var request = new HttpRequestMessage(method, $"/api/v1{path}");
        request.Headers.Add("Cookie", cookie);
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        if (body is not null) request.Content = JsonContent.Create(body);
        return await _client.SendAsync(request, Stop);
    }

    private async Task<HttpStatusCode> StatusAsync(string path, string? cookie)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (cookie is not null) request.Headers.Add("Cookie", cookie);
        using var response = await _client.SendAsync(request, Stop);
        return response.StatusCode;
    }

    private async Task<string> PageAsync(string path, string cookie)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Cookie", cookie);
        using var response = await _client.SendAsync(request, Stop);
        return await TextAsync(response);
    }

    private async Task<string> MembersPageAsync()
    {
        var path = $"/members?tenant={_tenant.Slug}";
        using var response = await _product.SendAsync(HttpMethod.Get, path, _product.Env["SANDBOX_ADMIN_TOKEN"], null, null, Stop);
        return await TextAsync(response);
    }

    /// <summary>Refused sign-ins are written down after their answer is sent.</summary>
    private async Task SeeAsync(string action, int times)
    {
        IReadOnlyList<JsonElement> seen = [];
        while (seen.Count < times)
        {
            Stop.ThrowIfCancellationRequested();
            seen = [.. (await _tenant.GetAsync($"/audit?action={action}")).GetProperty("items").EnumerateArray()];
        }

        seen.Count.ShouldBe(times);
    }
}
