using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Tests.Integration.Broker;
using Sandbox.Tests.Integration.Egress;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Email;

/// <summary><c>sdk.email</c> against a real SMTP server.</summary>
public sealed class EmailTests(NetworkFixture fixture) : IClassFixture<NetworkFixture>
{
    private const int Patience = 120_000;

    [Fact(Timeout = Patience)]
    public async Task A_message_arrives_as_it_was_written()
    {
        using var server = SmtpServer.Start(fixture.Network, 2525);
        var tenant = await TenantAsync(2525);

        var id = JsonDocument.Parse(await tenant.OutputAsync("""
            return await sdk.email.send({
              to: ['Ada <ada@example.com>', 'bob@example.com'], cc: 'cc@example.com', replyTo: 'help@example.com',
              subject: 'Квитанция № 7', text: 'Paid.\n.\nThanks', html: '<p>Paid</p>',
            });
            """)).RootElement.GetString()!;

        var message = server.Messages.ShouldHaveSingleItem();
        message.ShouldContain("X-Rcpt: ada@example.com,bob@example.com,cc@example.com");
        message.ShouldContain("From: Shop <shop@example.com>");
        message.ShouldContain("To: Ada <ada@example.com>, bob@example.com");
        message.ShouldContain("Reply-To: help@example.com");
        message.ShouldContain("Subject: =?utf-8?");
        message.ShouldContain($"Message-Id: <{id}>");
        message.ShouldContain("multipart/alternative");
        message.ShouldContain("Thanks");
    }

    [Theory(Timeout = Patience)]
    [InlineData("""{"to":"ada@example.com","subject":"a\r\nBcc: eve@example.com","text":"x"}""", "subject")]
    [InlineData("""{"to":"ada@example.com\r\nBcc: eve@example.com","subject":"a","text":"x"}""", "to")]
    [InlineData("""{"to":"ada@example.com, eve@example.com","subject":"a","text":"x"}""", "to")]
    [InlineData("""{"to":"ada","subject":"a","text":"x"}""", "to")]
    [InlineData("""{"to":"@example.com","subject":"a","text":"x"}""", "to")]
    [InlineData("""{"to":[],"subject":"a","text":"x"}""", "to")]
    [InlineData("""{"subject":"a","text":"x"}""", "to")]
    [InlineData("""{"to":"ada@example.com","text":"x"}""", "subject")]
    [InlineData("""{"to":"ada@example.com","subject":"a"}""", "text")]
    [InlineData("""{"to":"ada@example.com","subject":"a","text":7}""", "text")]
    [InlineData("""{"to":"ada@example.com","subject":"a","text":"x","replyTo":["a@example.com","b@example.com"]}""", "replyTo")]
    [InlineData("""{"to":"ada@example.com","subject":"a","text":"x","bcc":"eve@example.com"}""", "bcc")]
    [InlineData("""{"to":"refused@example.com","subject":"a","text":"x"}""", "refused@example.com")]
    public async Task What_is_wrong_with_a_message_is_said_and_nothing_is_sent(string message, string named)
    {
        using var server = SmtpServer.Start(fixture.Network, 587);
        var tenant = await TenantAsync(587);

        var execution = await tenant.RunAsync("return await sdk.email.send(context.input);", JsonNode.Parse(message));

        execution.GetProperty("code").GetString().ShouldBe("INVALID_ARGUMENT", execution.GetRawText());
        execution.GetProperty("error").GetProperty("message").GetString()!.ShouldContain(named);
        execution.GetRawText().ShouldNotContain("SECRET DETAIL");
        server.Messages.ShouldBeEmpty();
    }

    [Fact(Timeout = Patience)]
    public async Task A_server_that_is_busy_away_or_not_to_be_called_has_its_code()
    {
        using var server = SmtpServer.Start(fixture.Network, 25);
        const string send = "return await sdk.email.send({ to: context.input, subject: 'a', text: 'x' });";
        var tenant = await TenantAsync(25);
        Code(await tenant.RunAsync(send, "later@example.com")).ShouldBe("OVERLOADED");
        Code(await (await TenantAsync(465)).RunAsync(send, "ada@example.com")).ShouldBe("HTTP_ERROR");
        Code(await (await TenantAsync(25, host: "10.9.0.5")).RunAsync(send, "ada@example.com")).ShouldBe("EGRESS_BLOCKED");
        Code(await (await TenantAsync(25, host: "127.0.0.1")).RunAsync(send, "ada@example.com")).ShouldBe("EGRESS_BLOCKED");
        Code(await (await TenantAsync(22)).RunAsync(send, "ada@example.com")).ShouldBe("EGRESS_BLOCKED");
        Code(await (await SdkTenant.NewAsync(fixture.Product)).RunAsync(send, "ada@example.com")).ShouldBe("NOT_FOUND");
        Code(await tenant.RunAsync(send, "ada@example.com", uses: "{}")).ShouldBe("NOT_ALLOWED");
        server.Messages.ShouldBeEmpty();
    }

    [Fact(Timeout = Patience)]
    public async Task A_secured_connection_is_made_to_a_server_that_shows_its_certificate_and_to_no_other()
    {
        fixture.Network.Names.Add("smtp.example.com", LoopbackNetwork.Public);
        using var files = new CertificateFiles(fixture.Network.Authority.Issue("smtp.example.com"));
        using var server = SmtpServer.Start(fixture.Network, 587, (files.Certificate, files.Key));
        using var stranger = new TestAuthority();
        using var theirs = new CertificateFiles(stranger.Issue("smtp.example.com"));
        using var other = SmtpServer.Start(fixture.Network, 2525, (theirs.Certificate, theirs.Key));
        const string send = "await sdk.email.send({ to: 'ada@example.com', subject: 'a', text: 'x' });";
        var tenant = await SdkTenant.NewAsync(fixture.Product);
        var settings = Settings("smtp.example.com", 587, "starttls");
        (settings["username"], settings["password"]) = ("user", "the-password");

        await PutAsync(tenant, settings, HttpStatusCode.OK);
        Code(await tenant.RunAsync(send)).ShouldBeNull();
        settings["password"] = "another-password";
        await PutAsync(tenant, settings, HttpStatusCode.OK);
        var refused = await tenant.RunAsync(send);
        settings["port"] = 2525;
        await PutAsync(tenant, settings, HttpStatusCode.OK);
        var untrusted = await tenant.RunAsync(send);

        server.Messages.ShouldHaveSingleItem().ShouldContain("X-Tls: True");
        (Code(refused), Code(untrusted)).ShouldBe(("HTTP_ERROR", "HTTP_ERROR"));
        refused.GetRawText().ShouldContain("refuses the user");
        refused.GetRawText().ShouldNotContain("another-password");
        untrusted.GetRawText().ShouldContain("certificate");
        other.Messages.ShouldBeEmpty();
    }

    [Fact(Timeout = Patience)]
    public async Task A_dry_run_tells_the_message_and_sends_nothing()
    {
        using var server = SmtpServer.Start(fixture.Network, 2525);
        var tenant = await TenantAsync(2525);
        var script = await tenant.ScriptAsync("await sdk.email.send({ to: 'ada@example.com', subject: 'a', text: 'x' }); await sdk.events.publish('sales.order.paid', { n: 1 });");

        using var response = await tenant.Rest.SendAsync(HttpMethod.Post, $"/scripts/{script}/invoke?dry_run=true", new JsonObject());
        var calls = (await RunningProduct.ExpectAsync(response, HttpStatusCode.OK)).GetProperty("dry_run").GetProperty("calls").EnumerateArray().ToArray();

        calls.Select(call => call.GetProperty("capability").GetString()).ShouldBe(["email.send", "events.publish"]);
        calls[0].GetProperty("to")[0].GetString().ShouldBe("ada@example.com");
        calls[1].GetProperty("payload").GetRawText().ShouldBe("""{"n":1}""");
        server.Messages.ShouldBeEmpty();
    }

    [Fact(Timeout = Patience)]
    public async Task Settings_never_give_the_password_back_and_keep_it_for_their_user_and_host_alone()
    {
        var tenant = await SdkTenant.NewAsync(fixture.Product);
        var settings = Settings("smtp.example.com", 587, "starttls");
        (settings["username"], settings["password"]) = ("user", "the-password");

        (await PutAsync(tenant, settings, HttpStatusCode.OK)).GetRawText().ShouldNotContain("the-password");
        (await tenant.Rest.GetAsync("/settings/email")).GetRawText().ShouldNotContain("password");
        settings.Remove("password");
        settings["port"] = 2525;
        await PutAsync(tenant, settings, HttpStatusCode.OK);
        settings["host"] = "evil.example.com";
        (await PutAsync(tenant, settings, HttpStatusCode.UnprocessableEntity)).GetRawText().ShouldContain("password");
        settings["security"] = "none";
        (await PutAsync(tenant, settings, HttpStatusCode.UnprocessableEntity)).GetRawText().ShouldContain("security");
        (await PutAsync(tenant, new JsonObject(), HttpStatusCode.UnprocessableEntity)).GetRawText().ShouldContain("from_address");
        using var gone = await tenant.Rest.SendAsync(HttpMethod.Delete, "/settings/email");
        gone.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact(Timeout = Patience)]
    public async Task An_event_is_stored_once_for_its_id()
    {
        var tenant = await SdkTenant.NewAsync(fixture.Product);

        var output = await tenant.OutputAsync("""
            const ids = [await events.publish('payment.processed', { amount: 5 }, { id: 'p-1', subject: 'payments/1' }), await sdk.events.publish('payment.processed', null, { id: 'p-1' })];
            const own = await sdk.events.publish('payment.processed');
            return [ids, own.length, events === sdk.events];
            """);

        output.ShouldBe("""[["p-1","p-1"],36,true]""");
        foreach (var type in (string[])["payment", "Payment.Processed", "payment.", ".payment", "a.b.c.d.e.f.g", "payment processed"])
            Code(await tenant.RunAsync("await sdk.events.publish(context.input, 1);", type, uses: """{"events":["*"]}""")).ShouldBe("INVALID_ARGUMENT");
        Code(await tenant.RunAsync("await sdk.events.publish('a.b', 1);", uses: """{"events":["a.c"]}""")).ShouldBe("NOT_ALLOWED");
    }

    private static string? Code(JsonElement execution) => execution.GetProperty("code").GetString();

    private static JsonObject Settings(string host, int port, string security) => new()
    {
        ["host"] = host,
        ["port"] = port,
        ["security"] = security,
        ["from_address"] = "shop@example.com",
        ["from_name"] = "Shop",
    };

    private async Task<SdkTenant> TenantAsync(int port, string host = LoopbackNetwork.Public)
    {
        var tenant = await SdkTenant.NewAsync(fixture.Product);
        await PutAsync(tenant, Settings(host, port, "none"), HttpStatusCode.OK);
        return tenant;
    }

    private static async Task<JsonElement> PutAsync(SdkTenant tenant, JsonObject settings, HttpStatusCode status)
    {
        using var response = await tenant.Rest.SendAsync(HttpMethod.Put, "/settings/email", settings.DeepClone());
        return await RunningProduct.ExpectAsync(response, status);
    }
}
