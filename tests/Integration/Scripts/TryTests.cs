using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Tests.Integration.Http;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Scripts;

/// <summary><c>POST /scripts/try</c>: what is not saved runs, is on record, and gives nobody rights.</summary>
public sealed class TryTests(SharedProductFixture fixture) : IClassFixture<SharedProductFixture>
{
    private const int Patience = 120_000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = Patience)]
    public async Task A_source_that_is_not_saved_runs_once_and_is_on_record()
    {
        var tenant = (await fixture.Tenant).Rest;

        var execution = await TryAsync(tenant, """{"kind":"embedded","source":"console.log('tried'); return context.input.n + 1;","input":{"n":1}}""");

        execution.GetProperty("status").GetString().ShouldBe("completed", execution.GetRawText());
        execution.GetProperty("output").GetInt32().ShouldBe(2);
        execution.GetProperty("version").GetInt32().ShouldBe(0);
        execution.GetProperty("script_name").GetString().ShouldBe("try");
        var id = execution.GetProperty("id").GetString();
        var kept = await tenant.GetAsync($"/executions/{id}");
        kept.GetProperty("trigger").GetProperty("type").GetString().ShouldBe("try");
        kept.GetProperty("cause").GetProperty("kind").GetString().ShouldBe("try");
        (await tenant.GetAsync($"/executions/{id}/logs")).GetProperty("items")[0].GetProperty("message").GetString().ShouldBe("tried");
        using var replay = await tenant.SendAsync(HttpMethod.Post, $"/executions/{id}/replay", new JsonObject());
        replay.StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    [Theory(Timeout = Patience)]
    [InlineData(
        """{"kind":"http","trigger":{"path":"/o/{id}","methods":["POST"]},"source":"const { method, params, query, body, headers } = context.trigger.httpRequest; return [method, params.id, query.q, body.a, headers['x-api-key']];","input":{"a":1},"request":{"params":{"id":"7"},"query":{"q":["x","y"]},"headers":{"X-Api-Key":"hidden"}}}""",
        """{"status":200,"headers":{"content-type":"application/json"},"body":["POST","7",["x","y"],1,"hidden"]}""")]
    [InlineData(
        """{"kind":"http","trigger":{"path":"/o"},"source":"const { method, path, query, body } = context.trigger.httpRequest; return [method, path, query, body];"}""",
        """{"status":200,"headers":{"content-type":"application/json"},"body":["GET","/o",{},null]}""")]
    [InlineData(
        """{"kind":"scheduled","trigger":{"cron":"0 6 * * *","timezone":"Asia/Tashkent"},"source":"const t = context.trigger; return [t.cronExpression, t.timezone, t.missed, Math.abs(Date.parse(t.scheduledFor) - Date.now()) < 60000];"}""",
        """["0 6 * * *","Asia/Tashkent",0,true]""")]
    [InlineData(
        """{"kind":"event","trigger":{"event_types":["order.paid"]},"source":"return [context.trigger.eventType, context.trigger.eventPayload.n, context.input.n];","input":{"n":5}}""",
        """["order.paid",5,5]""")]
    public async Task A_script_finds_what_its_trigger_would_give_it(string body, string output)
    {
        var tenant = (await fixture.Tenant).Rest;

        var execution = await TryAsync(tenant, body);

        execution.GetProperty("status").GetString().ShouldBe("completed", execution.GetRawText());
        execution.GetProperty("output").GetRawText().ShouldBe(output);
        var trigger = (await tenant.GetAsync($"/executions/{execution.GetProperty("id").GetString()}")).GetProperty("trigger").GetRawText();
        trigger.ShouldStartWith("""{"type":"try",""");
        trigger.ShouldNotContain("hidden");
    }

    [Theory(Timeout = Patience)]
    [InlineData("""{"kind":"embedded","source":"return 1;","request":{}}""", "request")]
    [InlineData("""{"kind":"http","trigger":{"path":"/o"},"source":"return 1;","request":[]}""", "request")]
    [InlineData("""{"kind":"http","trigger":{"path":"/o"},"source":"return 1;","request":{"method":7}}""", "request.method")]
    [InlineData("""{"kind":"http","trigger":{"path":"/o"},"source":"return 1;","request":{"headers":{"a":1}}}""", "request.headers")]
    [InlineData("""{"kind":"http","trigger":{"path":"/o"},"source":"return 1;","request":{"query":{"a":{}}}}""", "request.query")]
    [InlineData("""{"kind":"http","trigger":{"path":"/o"},"source":"return 1;","request":{"body":1}}""", "request.body")]
    public async Task A_request_that_could_be_none_is_refused_by_its_field(string body, string field)
    {
        var tenant = (await fixture.Tenant).Rest;

        var problem = await TryAsync(tenant, body, HttpStatusCode.UnprocessableEntity);

        problem.GetProperty("errors")[0].GetProperty("field").GetString().ShouldBe(field);
    }

    [Fact(Timeout = Patience)]
    public async Task A_source_that_does_not_compile_is_an_execution_that_says_where()
    {
        var tenant = (await fixture.Tenant).Rest;

        var execution = await TryAsync(tenant, """{"kind":"embedded","source":"const a = 1;\nreturn a +;"}""");

        execution.GetProperty("code").GetString().ShouldBe("SYNTAX_ERROR");
        execution.GetProperty("error").GetProperty("line").GetInt32().ShouldBe(2);
        execution.GetProperty("error").GetProperty("column").GetInt32().ShouldBe(11);
    }

    [Fact(Timeout = Patience)]
    public async Task An_input_that_the_given_schema_does_not_allow_is_refused_before_the_source_runs()
    {
        var tenant = (await fixture.Tenant).Rest;

        var refused = await TryAsync(tenant, """{"kind":"embedded","source":"return context.input;","input":"x","input_schema":{"type":"integer"}}""");
        var allowed = await TryAsync(tenant, """{"kind":"embedded","source":"return context.input;","input":7,"input_schema":{"type":"integer"}}""");

        refused.GetProperty("code").GetString().ShouldBe("INVALID_INPUT");
        allowed.GetProperty("output").GetInt32().ShouldBe(7);
    }

    [Fact(Timeout = Patience)]
    public async Task A_try_of_a_script_leaves_its_live_version_as_it_is()
    {
        var tenant = (await fixture.Tenant).Rest;
        var script = await tenant.CreateScriptAsync("tried-one", "embedded", "return 'live';");

        var execution = await TryAsync(tenant, """{"kind":"embedded","source":"return 'tried';","name":"tried-one"}""");

        execution.GetProperty("output").GetString().ShouldBe("tried");
        execution.GetProperty("script_id").GetString().ShouldBe(script.GetProperty("id").GetString());
        (await tenant.InvokeAsync("tried-one")).GetProperty("output").GetString().ShouldBe("live");
        (await tenant.GetAsync("/scripts/tried-one")).GetProperty("version").GetInt32().ShouldBe(1);
    }

    [Fact(Timeout = Patience)]
    public async Task A_try_names_its_execution_as_it_begins_and_is_followed_and_cancelled_by_it()
    {
        var tenant = (await fixture.Tenant).Rest;
        var stranger = await fixture.Product.CreateTenantAsync($"stranger-{Guid.CreateVersion7():n}"[..30]);
        using var request = tenant.Request(HttpMethod.Post, "/scripts/try");
        request.Content = JsonContent.Create(JsonNode.Parse("""{"kind":"embedded","source":"console.log('begun'); await new Promise(() => {});"}"""));

        using var begun = await fixture.Product.Admin.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
        var id = begun.Headers.GetValues("X-Execution-Id").Single();
        using var follow = tenant.Request(HttpMethod.Get, $"/executions/{id}/logs");
        follow.Headers.Accept.ParseAdd("text/event-stream");
        using var stream = await fixture.Product.Admin.SendAsync(follow, HttpCompletionOption.ResponseHeadersRead, Stop);
        using var lines = new StreamReader(await stream.Content.ReadAsStreamAsync(Stop));
        while (await lines.ReadLineAsync(Stop) is { } line && !line.Contains("begun", StringComparison.Ordinal)) line.ShouldNotContain("event: end");
        (await tenant.GetAsync($"/executions/{id}")).GetProperty("status").GetString().ShouldBe("running");
        foreach (var (method, path) in new[] { (HttpMethod.Get, "/logs"), (HttpMethod.Post, "/cancel") })
        {
            using var refused = await stranger.SendAsync(method, $"/executions/{id}{path}", null, Stop);
            refused.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }

        using var cancelled = await tenant.SendAsync(HttpMethod.Post, $"/executions/{id}/cancel", null, Stop);
        await RunningProduct.ExpectAsync(cancelled, HttpStatusCode.OK);
        var execution = await RunningProduct.ExpectAsync(begun, HttpStatusCode.OK);

        execution.GetProperty("id").GetString().ShouldBe(id);
        execution.GetProperty("status").GetString().ShouldBe("cancelled");
        (await lines.ReadToEndAsync(Stop)).ShouldContain("event: end");
    }

    [Fact(Timeout = Patience)]
    public async Task Rights_beyond_the_live_versions_need_publish_or_a_dry_run()
    {
        var tenant = (await fixture.Tenant).Rest;
        await tenant.CreateScriptAsync("tried-mail", "embedded", "return 1;", uses: """{"events":["order.paid"]}""");
        var (editor, publisher) = (await TokenAsync(tenant, "scripts.update"), await TokenAsync(tenant, "scripts.update", "scripts.publish"));
        const string within = """{"kind":"embedded","name":"tried-mail","source":"return 2;"}""";
        const string beyond = """{"kind":"embedded","name":"tried-mail","source":"return 2;","uses":{"events":["order.*"],"email":true}}""";
        const string unnamed = """{"kind":"embedded","source":"return sdk.events.publish('order.paid', {});"}""";
        const string dry = """{"kind":"embedded","source":"await sdk.events.publish('order.paid', {}); return 3;","dry_run":true}""";

        var allowed = await TryAsync(tenant, within, token: editor);
        var refused = await TryAsync(tenant, beyond, HttpStatusCode.Forbidden, editor);
        var refusedToo = await TryAsync(tenant, unnamed, HttpStatusCode.Forbidden, editor);
        var published = await TryAsync(tenant, beyond, token: publisher);
        var told = await TryAsync(tenant, dry, token: editor);

        allowed.GetProperty("output").GetInt32().ShouldBe(2);
        refused.GetProperty("code").GetString().ShouldBe("NOT_ALLOWED");
        refused.GetProperty("detail").GetString()!.ShouldContain("send email");
        refusedToo.GetProperty("detail").GetString()!.ShouldContain("order.paid");
        published.GetProperty("output").GetInt32().ShouldBe(2);
        told.GetProperty("output").GetInt32().ShouldBe(3);
        told.GetProperty("dry_run").GetProperty("calls").GetArrayLength().ShouldBe(1);
        (await tenant.GetAsync("/events")).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Fact(Timeout = Patience)]
    public async Task What_no_script_could_be_is_refused_by_its_field()
    {
        var tenant = (await fixture.Tenant).Rest;
        (string Body, string Field)[] refusals =
        [
            ("""{"source":"return 1;"}""", "kind"),
            ("""{"kind":"embedded"}""", "source"),
            ("""{"kind":"embedded","source":"return 1;","name":"Not A Name"}""", "name"),
            ("""{"kind":"scheduled","source":"return 1;","trigger":{"cron":"x"}}""", "trigger.cron"),
            ("""{"kind":"embedded","source":"return 1;","limits":{"timeout_ms":1}}""", "limits.timeout_ms"),
            ("""{"kind":"embedded","source":"return 1;","version":1}""", "version"),
        ];

        foreach (var (body, field) in refusals)
            (await TryAsync(tenant, body, HttpStatusCode.UnprocessableEntity)).GetProperty("errors")[0].GetProperty("field").GetString().ShouldBe(field);
    }

    private async Task<JsonElement> TryAsync(RunningProduct.Tenant tenant, string json, HttpStatusCode status = HttpStatusCode.OK, string? token = null)
    {
        using var request = tenant.Request(HttpMethod.Post, "/scripts/try");
        request.Content = JsonContent.Create(JsonNode.Parse(json));
        if (token is not null)
        {
            request.Headers.Authorization = new("Bearer", token);
            request.Headers.Remove("X-Tenant");
        }

        using var response = await fixture.Product.Admin.SendAsync(request, Stop);
        return await RunningProduct.ExpectAsync(response, status);
    }

    private static async Task<string> TokenAsync(RunningProduct.Tenant tenant, params string[] permissions)
    {
        var body = new JsonObject { ["name"] = string.Join(' ', permissions), ["permissions"] = new JsonArray([.. permissions.Select(permission => (JsonNode)permission)]) };
        using var made = await tenant.SendAsync(HttpMethod.Post, "/tokens", body);
        return (await RunningProduct.ExpectAsync(made, HttpStatusCode.Created)).GetProperty("token").GetString()!;
    }
}
