using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Sandbox.Tests.Integration.Egress;
using Sandbox.Tests.Integration.Email;
using Sandbox.Tests.Integration.Product;
using Sandbox.Tests.Integration.Queue;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Alerts;

/// <summary>From a script in trouble to a message at a real server.</summary>
public sealed class AlertTests(AlertsFixture fixture) : IClassFixture<AlertsFixture>
{
    private const int Patience = 120_000;
    private static int s_last;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = Patience)]
    public async Task A_storm_of_failures_is_one_signed_message_and_recovery_another()
    {
        var tenant = await TenantAsync();
        await using var server = await HookAsync(9101);
        var secret = await ChannelAsync(tenant, "hook", new JsonObject { ["type"] = "webhook", ["url"] = "http://10.9.0.5:9101/alerts" });
        await RuleAsync(tenant, "default", new JsonObject { ["on"] = new JsonArray("failure", "recovery"), ["channels"] = new JsonArray("hook"), ["wait_s"] = 3, ["throttle_s"] = 1 });
        await tenant.CreateScriptAsync("nightly", "oneoff", "if (context.input) throw new Error('no such account'); return 1");
        for (var i = 0; i < 15; i++) await tenant.EnqueueAsync("nightly", new JsonObject { ["input"] = true });

        var storm = await server.NextAsync(Stop);

        var body = JsonDocument.Parse(storm.Body).RootElement;
        body.GetProperty("type").GetString().ShouldBe("alert");
        body.GetProperty("count").GetInt64().ShouldBe(15);
        body.GetProperty("alerts").GetArrayLength().ShouldBe(1);
        var alert = body.GetProperty("alerts")[0];
        (alert.GetProperty("condition").GetString(), alert.GetProperty("script_name").GetString(), alert.GetProperty("code").GetString()).ShouldBe(("failure", "nightly", "SCRIPT_ERROR"));
        alert.GetProperty("message").GetString().ShouldBe("no such account");
        Verify(storm, secret!);

        await tenant.EnqueueAsync("nightly");
        var recovery = JsonDocument.Parse((await server.NextAsync(Stop)).Body).RootElement;
        recovery.GetProperty("summary").GetString().ShouldEndWith("nightly: it works again");

        var listed = (await tenant.GetAsync("/alerts?script=nightly")).GetProperty("items");
        listed.GetArrayLength().ShouldBe(1);
        (listed[0].GetProperty("state").GetString(), listed[0].GetProperty("count").GetInt64()).ShouldBe(("closed", 15L));
        var messages = (await tenant.GetAsync("/alerts/messages")).GetProperty("items");
        messages.GetArrayLength().ShouldBe(2);
        server.Count.ShouldBe(2);
    }

    [Fact(Timeout = Patience)]
    public async Task Attempts_that_are_tried_again_are_no_failure()
    {
        var tenant = await TenantAsync();
        await tenant.CreateScriptAsync("moody", "oneoff", "if (context.attempt < 3) throw new Error('later'); return 1", retry: new JsonObject { ["attempts"] = 3, ["backoff_ms"] = 1 });
        await tenant.EnqueueAsync("moody");
        await tenant.CreateScriptAsync("broken", "oneoff", "throw new Error('no')");
        await UntilAsync(tenant, "/executions?script=moody&status=completed", list => list.GetProperty("items").GetArrayLength() == 1);
        await tenant.EnqueueAsync("broken");

        var alerts = await UntilAsync(tenant, "/alerts", list => list.GetProperty("items").GetArrayLength() > 0);

        alerts.GetProperty("items").EnumerateArray().Select(alert => alert.GetProperty("script_name").GetString()).ShouldBe(["broken"]);
    }

    [Fact(Timeout = Patience)]
    public async Task A_failing_endpoint_is_an_alert_of_a_rule_that_asks_for_it_and_a_failing_invoke_is_none()
    {
        var tenant = await TenantAsync();
        await RuleAsync(tenant, "endpoints", new JsonObject { ["on"] = new JsonArray("repeated_failure"), ["kinds"] = new JsonArray("http"), ["failures"] = 3 });
        await tenant.CreateScriptAsync("shop-orders", "http", "throw new Error('down')", trigger: new JsonObject { ["path"] = "/orders", ["methods"] = new JsonArray("GET"), ["auth"] = "public" });
        await tenant.CreateScriptAsync("tried", "oneoff", "throw new Error('mine')");
        for (var i = 0; i < 4; i++) (await tenant.SendAsync(HttpMethod.Post, "/scripts/tried/invoke", new JsonObject())).Dispose();
        for (var i = 0; i < 3; i++) (await fixture.Product.Endpoints.GetAsync($"/t/{tenant.Slug}/api/scripts/orders", Stop)).Dispose();

        var alerts = (await UntilAsync(tenant, "/alerts", list => list.GetProperty("items").GetArrayLength() > 0)).GetProperty("items");

        alerts.GetArrayLength().ShouldBe(1);
        (alerts[0].GetProperty("rule").GetString(), alerts[0].GetProperty("condition").GetString(), alerts[0].GetProperty("count").GetInt64()).ShouldBe(("endpoints", "repeated_failure", 3L));
    }

    [Fact(Timeout = Patience)]
    public async Task An_email_arrives_through_the_tenants_server()
    {
        using var server = SmtpServer.Start(fixture.Network, 2526);
        var tenant = await TenantAsync("10.9.0.5:2526");
        var settings = new JsonObject { ["host"] = "10.9.0.5", ["port"] = 2526, ["security"] = "none", ["from_address"] = "alerts@example.com" };
        (await tenant.SendAsync(HttpMethod.Put, "/settings/email", settings)).Dispose();
        await ChannelAsync(tenant, "ops", new JsonObject { ["type"] = "email", ["to"] = new JsonArray("Ops <ops@example.com>") });
        await RuleAsync(tenant, "default", new JsonObject { ["on"] = new JsonArray("failure"), ["channels"] = new JsonArray("ops"), ["wait_s"] = 0 });
        await tenant.CreateScriptAsync("nightly", "oneoff", "throw new Error('first\\r\\nBcc: eve@example.com')");
        await tenant.EnqueueAsync("nightly");

        await UntilAsync(tenant, "/alerts/messages", list => list.GetProperty("items").EnumerateArray().Any(message => message.GetProperty("deliveries")[0].GetProperty("status").GetString() == "sent"));

        // Without the folds of long headers.
        var message = server.Messages.ShouldHaveSingleItem().ReplaceLineEndings("\n").Replace("\n ", " ", StringComparison.Ordinal);
        message.ShouldContain("X-Rcpt: ops@example.com");
        message.ShouldContain($"Subject: [{tenant.Slug}] nightly failed (SCRIPT_ERROR): first");
        message.ShouldContain("eve@example.com");
        message.ShouldNotContain("\nBcc:");
    }

    [Fact(Timeout = Patience)]
    public async Task A_channel_that_fails_is_tried_again_and_shown()
    {
        var tenant = await TenantAsync();
        await using var server = await HookAsync(9102, status: 503, until: 1);
        await ChannelAsync(tenant, "hook", new JsonObject { ["type"] = "webhook", ["url"] = "http://10.9.0.5:9102/alerts" });
        await RuleAsync(tenant, "default", new JsonObject { ["on"] = new JsonArray("failure"), ["channels"] = new JsonArray("hook"), ["wait_s"] = 0 });
        await tenant.CreateScriptAsync("nightly", "oneoff", "throw new Error('no')");
        await tenant.EnqueueAsync("nightly");

        var failing = await UntilAsync(tenant, "/alerts/channels/hook", channel => channel.GetProperty("error").ValueKind == JsonValueKind.String);
        failing.GetProperty("error").GetString().ShouldBe("10.9.0.5 answered with the status 503");
        failing.GetProperty("failing_since").ValueKind.ShouldBe(JsonValueKind.String);
        failing.GetProperty("host").GetString().ShouldBe("10.9.0.5");
        failing.TryGetProperty("url", out _).ShouldBeFalse();
        failing.TryGetProperty("secret", out _).ShouldBeFalse();

        var mended = await UntilAsync(tenant, "/alerts/channels/hook", channel => channel.GetProperty("sent_at").ValueKind == JsonValueKind.String);
        mended.GetProperty("failing_since").ValueKind.ShouldBe(JsonValueKind.Null);
        var (first, second) = (await server.NextAsync(Stop), await server.NextAsync(Stop));
        second.Headers["webhook-id"].ShouldBe(first.Headers["webhook-id"]);
        var delivery = (await tenant.GetAsync("/alerts/messages")).GetProperty("items")[0].GetProperty("deliveries")[0];
        (delivery.GetProperty("status").GetString(), delivery.GetProperty("attempts").GetInt32()).ShouldBe(("sent", 2));
    }

    [Fact(Timeout = Patience)]
    public async Task A_channel_reaches_no_address_that_the_tenant_may_not_call()
    {
        var tenant = await TenantAsync();
        await ChannelAsync(tenant, "hook", new JsonObject { ["type"] = "webhook", ["url"] = "https://169.254.169.254/alerts" });

        using var response = await tenant.SendAsync(HttpMethod.Post, "/alerts/channels/hook/test");
        var answer = await RunningProduct.ExpectAsync(response, HttpStatusCode.OK);

        answer.GetProperty("sent").GetBoolean().ShouldBeFalse();
        answer.GetProperty("error").GetString().ShouldNotBeNullOrEmpty();
    }

    [Fact(Timeout = Patience)]
    public async Task A_due_time_that_did_not_run_is_an_alert()
    {
        var tenant = await TenantAsync();
        await RuleAsync(tenant, "default", new JsonObject { ["on"] = new JsonArray("missed") });
        await tenant.CreateScriptAsync(
            "slow", "scheduled", "for (const end = Date.now() + 2500; Date.now() < end;);",
            trigger: new JsonObject { ["cron"] = "* * * * * *", ["overlap"] = "skip" });

        var alert = (await UntilAsync(tenant, "/alerts", list => list.GetProperty("items").GetArrayLength() > 0)).GetProperty("items")[0];

        alert.GetProperty("condition").GetString().ShouldBe("missed");
        alert.GetProperty("message").GetString()!.ShouldContain("the overlap policy is skip");
        (await tenant.SendAsync(HttpMethod.Post, "/scripts/slow/disable")).Dispose();
    }

    [Fact(Timeout = Patience)]
    public async Task Slack_gets_a_text_over_tls_and_its_url_is_never_read_back()
    {
        fixture.Network.Names.Add("hooks.example.com", LoopbackNetwork.Public);
        var posts = new List<string>();
        await using var server = await WebServer.StartAsync(
            fixture.Network,
            443,
            async context =>
            {
                using var reader = new StreamReader(context.Request.Body);
                lock (posts) posts.Add($"{context.Request.Path} {reader.ReadToEndAsync(Stop).GetAwaiter().GetResult()}");
                await context.Response.WriteAsync("ok", Stop);
            },
            fixture.Network.Authority.Issue("hooks.example.com"));
        var tenant = await TenantAsync();
        await ChannelAsync(tenant, "team", new JsonObject { ["type"] = "slack", ["url"] = "https://hooks.example.com/services/T0/B0/secret-part" });

        using var response = await tenant.SendAsync(HttpMethod.Post, "/alerts/channels/team/test");
        (await RunningProduct.ExpectAsync(response, HttpStatusCode.OK)).GetProperty("sent").GetBoolean().ShouldBeTrue();

        posts.ShouldBe([$$"""/services/T0/B0/secret-part {"text":"*[{{tenant.Slug}}] This is a test of the channel team: it works.*"}"""]);
        var shown = (await tenant.GetAsync("/alerts/channels/team")).GetRawText();
        shown.ShouldContain("hooks.example.com");
        shown.ShouldNotContain("secret-part");
    }

    [Fact(Timeout = Patience)]
    public async Task A_script_that_paused_itself_and_dead_letters_that_pile_up_are_alerts_and_end()
    {
        var tenant = await TenantAsync();
        await RuleAsync(tenant, "default", new JsonObject { ["on"] = new JsonArray("paused", "dead_letters"), ["dead_letters"] = 20 });
        await tenant.CreateScriptAsync("broken", "oneoff", "throw new Error('no such order')");
        for (var i = 0; i < 20; i++) await tenant.EnqueueAsync("broken");

        var open = (await UntilAsync(tenant, "/alerts?state=open", list => list.GetProperty("items").GetArrayLength() == 2)).GetProperty("items").EnumerateArray()
            .ToDictionary(alert => alert.GetProperty("condition").GetString()!, alert => alert);

        open["paused"].GetProperty("message").GetString()!.ShouldStartWith("20 executions in a row failed");
        open["dead_letters"].GetProperty("count").GetInt64().ShouldBe(20);
        (await tenant.SendAsync(HttpMethod.Post, "/scripts/broken/resume")).Dispose();
        var letter = (await tenant.GetAsync("/dead-letters?limit=1")).GetProperty("items")[0].GetProperty("id").GetString();
        (await tenant.SendAsync(HttpMethod.Post, $"/dead-letters/{letter}/discard")).Dispose();
        await UntilAsync(tenant, "/alerts?state=closed", list => list.GetProperty("items").GetArrayLength() == 2);
    }

    [Fact(Timeout = Patience)]
    public async Task A_due_time_that_waits_too_long_is_an_alert_until_it_starts()
    {
        var tenant = await TenantAsync();
        await RuleAsync(tenant, "default", new JsonObject { ["on"] = new JsonArray("late"), ["late_after_s"] = 10 });
        await tenant.CreateScriptAsync(
            "slow", "scheduled", "await new Promise((done) => setTimeout(done, 14_000));", new JsonObject { ["timeout_ms"] = 30_000 },
            new JsonObject { ["cron"] = "* * * * * *", ["overlap"] = "queue_one" });

        var alert = (await UntilAsync(tenant, "/alerts?state=open", list => list.GetProperty("items").GetArrayLength() > 0)).GetProperty("items")[0];

        alert.GetProperty("condition").GetString().ShouldBe("late");
        alert.GetProperty("message").GetString()!.ShouldEndWith("and it has not started");
        (await tenant.SendAsync(HttpMethod.Post, "/scripts/slow/disable")).Dispose();
        await UntilAsync(tenant, "/alerts?state=closed", list => list.GetProperty("items").GetArrayLength() == 1);
    }

    [Theory(Timeout = Patience)]
    [InlineData("channels/ab", """{"type":"email","to":["ops@example.com"]}""", "name")]
    [InlineData("channels/ops", """{"to":["ops@example.com"]}""", "type")]
    [InlineData("channels/ops", """{"type":"email"}""", "to")]
    [InlineData("channels/ops", """{"type":"email","to":["ops"]}""", "to[0]")]
    [InlineData("channels/ops", """{"type":"email","to":["ops@example.com"],"url":"https://example.com"}""", "url")]
    [InlineData("channels/ops", """{"type":"slack"}""", "url")]
    [InlineData("channels/ops", """{"type":"slack","url":"http://hooks.example.com/x"}""", "url")]
    [InlineData("channels/ops", """{"type":"slack","url":"https://user:secret@hooks.example.com/x"}""", "url")]
    [InlineData("channels/ops", """{"type":"webhook","url":"https://example.com/x","secret":"short"}""", "secret")]
    [InlineData("rules/everything", """{"on":["recovery"]}""", "on")]
    [InlineData("rules/everything", """{"on":["failure"],"channels":["nowhere"]}""", "channels")]
    [InlineData("rules/everything", """{"on":["failure"],"script":"nothing-here"}""", "script")]
    [InlineData("rules/everything", """{"on":["failure"],"failures":1}""", "failures")]
    [InlineData("rules/everything", """{"on":["failure"],"throttle_s":86401}""", "throttle_s")]
    public async Task What_is_not_acceptable_is_named_and_nothing_is_written(string path, string body, string field)
    {
        var tenant = await TenantAsync();
        using var response = await tenant.SendAsync(HttpMethod.Put, $"/alerts/{path}", JsonNode.Parse(body));

        var problem = await RunningProduct.ExpectAsync(response, HttpStatusCode.UnprocessableEntity);

        problem.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("field").GetString()).ShouldContain(field);
        (await tenant.GetAsync("/alerts/channels")).GetProperty("items").GetArrayLength().ShouldBe(0);
        (await tenant.GetAsync("/alerts/rules")).GetProperty("items").GetArrayLength().ShouldBe(1);
    }

    [Theory(Timeout = Patience)]
    [InlineData("""{"type":"email","to":["\ud800@example.com"]}""", "to[0]")]
    [InlineData("""{"type":"slack","url":"https://hooks.example.com/\udfff"}""", "url")]
    [InlineData("""{"type":"slack","url":"https://hooks.example.com/\u0000"}""", "url")]
    public async Task What_no_database_holds_is_named(string body, string field)
    {
        var tenant = await TenantAsync();
        using var request = tenant.Request(HttpMethod.Put, "/alerts/channels/ops");
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await tenant.SendAsync(request, Stop);

        var problem = await RunningProduct.ExpectAsync(response, HttpStatusCode.UnprocessableEntity);

        problem.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("field").GetString()).ShouldBe([field]);
    }

    private async Task<RunningProduct.Tenant> TenantAsync(string? mail = null)
    {
        var tenant = await fixture.Product.CreateTenantAsync($"alerts-{Interlocked.Increment(ref s_last)}");
        var hosts = new JsonArray("10.9.0.5:9101", "10.9.0.5:9102");
        if (mail is not null) hosts.Add(mail);
        using var response = await fixture.Product.SendAsync(
            HttpMethod.Patch, $"/api/v1/tenants/{tenant.Slug}", fixture.Product.Env["SANDBOX_ADMIN_TOKEN"], null, new JsonObject { ["egress"] = new JsonObject { ["private_hosts"] = hosts } });
        await RunningProduct.ExpectAsync(response, HttpStatusCode.OK);
        return tenant;
    }

    private static async Task<string?> ChannelAsync(RunningProduct.Tenant tenant, string name, JsonObject channel)
    {
        using var response = await tenant.SendAsync(HttpMethod.Put, $"/alerts/channels/{name}", channel);
        var written = await RunningProduct.ExpectAsync(response, HttpStatusCode.Created);
        return written.TryGetProperty("secret", out var secret) ? secret.GetString() : null;
    }

    private static async Task RuleAsync(RunningProduct.Tenant tenant, string name, JsonObject rule)
    {
        using var response = await tenant.SendAsync(HttpMethod.Put, $"/alerts/rules/{name}", rule);
        ((int)response.StatusCode).ShouldBeInRange(200, 201);
    }

    private Task<ReceivedPosts> HookAsync(int port, int status = 204, int until = 0) => ReceivedPosts.StartAsync(fixture.Network, port, status, until);

    private static async Task<JsonElement> UntilAsync(RunningProduct.Tenant tenant, string path, Func<JsonElement, bool> holds)
    {
        while (true)
        {
            var answer = await tenant.GetAsync(path);
            if (holds(answer)) return answer;
            await Task.Delay(100, Stop);
        }
    }

    /// <summary>As any library of Standard Webhooks does.</summary>
    private static void Verify(ReceivedPost post, string secret)
    {
        var signed = Encoding.UTF8.GetBytes($"{post.Headers["webhook-id"]}.{post.Headers["webhook-timestamp"]}.{post.Body}");
        var expected = Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret["whsec_".Length..]), signed));
        post.Headers["webhook-signature"].ShouldBe($"v1,{expected}");
    }
}
