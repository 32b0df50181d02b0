using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Protocol.Api;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Hooks;

/// <summary><c>/api/v1/hooks</c> through the whole product.</summary>
public sealed class HookTests(HooksFixture fixture) : IClassFixture<HooksFixture>
{
    private const int Minute = 60_000;
    private const string Endless = "for (;;) {}";
    private const string Waits = "await new Promise(r => setTimeout(r, 20000));";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private Task<RunningProduct.Tenant> TenantAsync() => fixture.Product.CreateTenantAsync($"t{Guid.NewGuid():N}");

    private static async Task<JsonElement> CallAsync(
        RunningProduct.Tenant tenant, string hook, string body, HttpStatusCode status = HttpStatusCode.OK)
    {
        using var response = await tenant.SendAsync(HttpMethod.Post, $"/hooks/{hook}", JsonNode.Parse(body), Stop);
        return await RunningProduct.ExpectAsync(response, status);
    }

    private static async Task<JsonElement[]> ExecutionsAsync(RunningProduct.Tenant tenant) =>
        [.. (await tenant.GetAsync("/executions")).GetProperty("items").EnumerateArray()];

    [Fact(Timeout = Minute)]
    public async Task Without_a_script_the_default_is_the_answer_and_nothing_is_executed()
    {
        var tenant = await TenantAsync();

        (await CallAsync(tenant, "open", """{"input":1}""")).GetRawText()
            .ShouldBe("""{"name":"open","output":{"price":0},"source":"default","execution_id":null,"code":null}""");
        (await CallAsync(tenant, "closed", """{"inputs":[1,2]}""")).GetProperty("results").GetArrayLength().ShouldBe(2);
        (await ExecutionsAsync(tenant)).ShouldBeEmpty();
    }

    [Theory(Timeout = Minute)]
    [InlineData("disable")]
    [InlineData("pause")]
    public async Task A_script_that_is_off_is_as_none(string how)
    {
        var tenant = await TenantAsync();
        await tenant.CreateScriptAsync("closed", "embedded", "return 1;");
        using var off = await tenant.SendAsync(HttpMethod.Post, $"/scripts/closed/{how}", new JsonObject(), Stop);
        await RunningProduct.ExpectAsync(off, HttpStatusCode.OK);

        (await CallAsync(tenant, "closed", """{"input":1}""")).GetProperty("source").GetString().ShouldBe("default");
        (await ExecutionsAsync(tenant)).ShouldBeEmpty();
    }

    [Fact(Timeout = Minute)]
    public async Task The_scripts_output_is_the_answer_and_its_execution_is_recorded()
    {
        var tenant = await TenantAsync();
        await tenant.CreateScriptAsync("open", "embedded", "return {price: context.input.n * 2, by: context.trigger.type};");

        var answer = await CallAsync(tenant, "open", """{"input":{"n":21}}""");

        answer.GetProperty("output").GetRawText().ShouldBe("""{"price":42,"by":"api"}""");
        (answer.GetProperty("source").GetString(), answer.GetProperty("code").GetString()).ShouldBe(("script", null));
        var execution = await tenant.GetAsync($"/executions/{answer.GetProperty("execution_id").GetString()}");
        execution.GetProperty("status").GetString().ShouldBe("completed");
        execution.GetProperty("trigger").GetProperty("type").GetString().ShouldBe("api");
    }

    [Fact(Timeout = Minute)]
    public async Task A_script_of_another_kind_or_tenant_is_never_used()
    {
        var (tenant, other) = (await TenantAsync(), await TenantAsync());
        await other.CreateScriptAsync("open", "embedded", "return 'theirs';");
        await tenant.CreateScriptAsync("closed", "oneoff", "return 'mine';");

        (await CallAsync(tenant, "open", """{"input":1}""")).GetProperty("source").GetString().ShouldBe("default");
        (await CallAsync(tenant, "closed", """{"input":1}""")).GetProperty("source").GetString().ShouldBe("default");
        (await CallAsync(other, "open", """{"input":1}""")).GetProperty("output").GetString().ShouldBe("theirs");
        (await tenant.GetAsync("/hooks/open")).GetProperty("script").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact(Timeout = Minute)]
    public async Task A_failure_gives_the_default_of_an_open_hook_and_the_error_of_a_closed_one()
    {
        var tenant = await TenantAsync();
        await tenant.CreateScriptAsync("open", "embedded", "throw new Error('no');");
        await tenant.CreateScriptAsync("closed", "embedded", "throw new Error('no');");

        var open = await CallAsync(tenant, "open", """{"input":1}""");
        var closed = await CallAsync(tenant, "closed", """{"input":1}""", HttpStatusCode.BadGateway);

        (open.GetProperty("source").GetString(), open.GetProperty("code").GetString()).ShouldBe(("default", "SCRIPT_ERROR"));
        open.GetProperty("output").GetRawText().ShouldBe("""{"price":0}""");
        closed.GetProperty("code").GetString().ShouldBe("SCRIPT_ERROR");
        foreach (var answer in new[] { open, closed })
        {
            var execution = await tenant.GetAsync($"/executions/{answer.GetProperty("execution_id").GetString()}");
            execution.GetProperty("status").GetString().ShouldBe("failed");
        }
    }

    [Theory(Timeout = Minute)]
    [InlineData(Endless)]
    [InlineData(Waits)]
    public async Task A_script_is_ended_at_the_hooks_deadline(string source)
    {
        var tenant = await TenantAsync();
        await tenant.CreateScriptAsync("quick", "embedded", $"if (context.input) {{ {source} }}");
        // The isolate is made, or that might use up the deadline.
        await tenant.InvokeAsync("quick");

        var answer = await CallAsync(tenant, "quick", """{"input":true}""", HttpStatusCode.GatewayTimeout);

        answer.GetProperty("code").GetString().ShouldBe("TIMEOUT");
        var execution = await tenant.GetAsync($"/executions/{answer.GetProperty("execution_id").GetString()}");
        execution.GetProperty("status").GetString().ShouldBe("timeout");
    }

    [Fact(Timeout = Minute)]
    public async Task The_wait_for_a_slot_is_within_the_deadline()
    {
        var tenant = await TenantAsync();
        await tenant.CreateScriptAsync("quick", "embedded", $"if (context.input) {{ {Waits} }}", new JsonObject { ["concurrency"] = 1 });
        await tenant.InvokeAsync("quick");
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var running = tenant.InvokeAsync("quick", true, cancellationToken: gone.Token);
        while ((await ExecutionsAsync(tenant)).All(execution => execution.GetProperty("status").GetString() != "running"))
            await Task.Delay(20, Stop);

        using var response = await tenant.SendAsync(HttpMethod.Post, "/hooks/quick", new JsonObject { ["input"] = false }, Stop);

        var problem = await RunningProduct.ExpectAsync(response, HttpStatusCode.ServiceUnavailable);
        problem.GetProperty("code").GetString().ShouldBe("CONCURRENCY_LIMIT");
        response.Headers.RetryAfter.ShouldNotBeNull();
        await gone.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => running);
    }

    [Fact(Timeout = Minute)]
    public async Task A_list_of_a_hundred_is_answered_in_its_order_and_a_failure_is_that_of_its_input()
    {
        var tenant = await TenantAsync();
        const string Source = "if (context.input === 7) throw new Error('no'); return context.input;";
        await tenant.CreateScriptAsync("closed", "embedded", Source, new JsonObject { ["concurrency"] = 8 });

        var answer = await CallAsync(tenant, "closed", $$"""{"inputs":[{{string.Join(',', Enumerable.Range(0, 100))}}]}""");

        var results = answer.GetProperty("results").EnumerateArray().ToArray();
        results.Length.ShouldBe(100);
        for (var i = 0; i < 100; i++)
        {
            if (i == 7) continue;
            results[i].GetProperty("output").GetInt32().ShouldBe(i);
            results[i].TryGetProperty("error", out _).ShouldBeFalse();
        }

        results[7].GetProperty("error").GetProperty("code").GetString().ShouldBe("SCRIPT_ERROR");
        results[7].GetProperty("error").GetProperty("message").GetString().ShouldNotBeNullOrEmpty();
        results.Select(result => result.GetProperty("execution_id").GetString()).Distinct().Count().ShouldBe(100);
    }

    [Theory(Timeout = Minute)]
    [InlineData("{}", "input")]
    [InlineData("""{"input":1,"inputs":[1]}""", "inputs")]
    [InlineData("""{"inputs":[]}""", "inputs")]
    [InlineData("""{"inputs":null}""", "inputs")]
    [InlineData("101", "inputs")]
    public async Task A_body_without_one_input_or_a_list_of_them_is_a_400(string body, string field)
    {
        if (body == "101") body = $$"""{"inputs":[{{string.Join(',', Enumerable.Range(0, 101))}}]}""";

        var problem = await CallAsync(await TenantAsync(), "open", body, HttpStatusCode.BadRequest);

        problem.GetProperty("errors")[0].GetProperty("field").GetString().ShouldBe(field);
    }

    [Fact(Timeout = Minute)]
    public async Task An_input_that_does_not_match_is_a_422_with_its_place_and_nothing_runs()
    {
        var tenant = await TenantAsync();
        await tenant.CreateScriptAsync("checked", "embedded", "return context.input.n;");

        var one = await CallAsync(tenant, "checked", """{"input":{"n":"x"}}""", HttpStatusCode.UnprocessableEntity);
        var many = await CallAsync(tenant, "checked", """{"inputs":[{"n":1},{}]}""", HttpStatusCode.UnprocessableEntity);
        var word = $"{new string('a', 60)}!";
        var slow = await CallAsync(tenant, "checked", $$$"""{"input":{"n":1,"word":"{{{word}}}"}}""", HttpStatusCode.UnprocessableEntity);

        one.GetProperty("code").GetString().ShouldBe("INVALID_INPUT");
        one.GetProperty("errors")[0].GetProperty("field").GetString().ShouldBe("input/n");
        many.GetProperty("errors")[0].GetProperty("field").GetString().ShouldBe("inputs[1]");
        slow.GetProperty("errors")[0].GetProperty("message").GetString()!.ShouldContain("too long");
        (await ExecutionsAsync(tenant)).ShouldBeEmpty();
    }

    [Fact(Timeout = Minute)]
    public async Task An_output_that_does_not_match_is_a_failure()
    {
        var tenant = await TenantAsync();
        await tenant.CreateScriptAsync("checked", "embedded", "return context.input.n;");

        var results = (await CallAsync(tenant, "checked", """{"inputs":[{"n":3},{"n":-3}]}""")).GetProperty("results");

        (results[0].GetProperty("output").GetInt32(), results[0].GetProperty("source").GetString()).ShouldBe((3, "script"));
        (results[1].GetProperty("output").GetInt32(), results[1].GetProperty("source").GetString()).ShouldBe((-1, "default"));
        results[1].GetProperty("code").GetString().ShouldBe("INVALID_OUTPUT");
    }

    [Fact(Timeout = Minute)]
    public async Task Calls_are_counted_by_their_outcome()
    {
        var (tenant, without) = (await TenantAsync(), await TenantAsync());
        await tenant.CreateScriptAsync("open", "embedded", "if (context.input) throw new Error('no');");
        await tenant.CreateScriptAsync("closed", "embedded", "throw new Error('no');");
        string[] series = ["open\",outcome=\"script", "open\",outcome=\"default", "open\",outcome=\"none", "closed\",outcome=\"failed"];
        var before = await CountsAsync(series);

        await CallAsync(tenant, "open", """{"inputs":[0,0,1]}""");
        await CallAsync(tenant, "closed", """{"inputs":[0]}""");
        await CallAsync(without, "open", """{"inputs":[0,0,0]}""");

        (await CountsAsync(series)).Zip(before, (now, then) => now - then).ShouldBe([2, 1, 3, 1]);
    }

    private async Task<double[]> CountsAsync(string[] series)
    {
        var lines = (await fixture.Product.Metrics.GetStringAsync("/metrics", Stop)).Split('\n');
        return [.. series
            .Select(of => $"sandbox_hook_calls_total{{hook=\"{of}\"}} ")
            .Select(start => lines.FirstOrDefault(line => line.StartsWith(start, StringComparison.Ordinal)))
            .Select(line => line is null ? 0 : double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture))];
    }

    [Fact(Timeout = Minute)]
    public async Task An_input_larger_than_the_scripts_limit_is_a_413()
    {
        var tenant = await TenantAsync();
        await tenant.CreateScriptAsync("open", "embedded", "return 1;", new JsonObject { ["output_bytes"] = 1024 });

        var large = new string('x', 1024);
        var problem = await CallAsync(tenant, "open", $$"""{"inputs":[1,"{{large}}"]}""", HttpStatusCode.RequestEntityTooLarge);

        problem.GetProperty("code").GetString().ShouldBe("INPUT_TOO_LARGE");
        problem.GetProperty("detail").GetString()!.ShouldContain("inputs[1]");
    }

    [Fact(Timeout = Minute)]
    public async Task Hooks_are_listed_with_the_tenants_scripts()
    {
        var tenant = await TenantAsync();
        var script = await tenant.CreateScriptAsync("open", "embedded", "return 1;");

        var all = await tenant.GetAsync("/hooks");
        var first = await tenant.GetAsync("/hooks?limit=1");
        var next = await tenant.GetAsync($"/hooks?limit=1&cursor={first.GetProperty("next_cursor").GetString()}");

        all.GetProperty("items").EnumerateArray().Select(hook => hook.GetProperty("name").GetString())
            .ShouldBe(["checked", "closed", "open", "quick"]);
        all.GetProperty("next_cursor").ValueKind.ShouldBe(JsonValueKind.Null);
        next.GetProperty("items")[0].GetProperty("name").GetString().ShouldBe("closed");
        var id = script.GetProperty("id").GetString();
        (await tenant.GetAsync("/hooks/open")).GetRawText().ShouldBe(
            """{"name":"open","description":"prices","input_schema":null,"output_schema":null,"deadline_ms":30000,"fail":"open","""
            + $$$"""
            "default":{"price":0},"script":{"id":"{{{id}}}","version":1,"enabled":true,"paused":false}}
            """);
    }

    [Fact(Timeout = Minute)]
    public async Task An_unknown_hook_is_a_404_even_where_a_script_has_its_name()
    {
        var tenant = await TenantAsync();
        await tenant.CreateScriptAsync("undeclared", "embedded", "return 1;");

        var problem = await CallAsync(tenant, "undeclared", """{"input":1}""", HttpStatusCode.NotFound);
        problem.GetProperty("code").GetString().ShouldBe("NOT_FOUND");
        using var shown = await tenant.SendAsync(HttpMethod.Get, "/hooks/undeclared", cancellationToken: Stop);
        shown.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact(Timeout = Minute)]
    public async Task A_token_that_may_read_and_not_execute_sees_hooks_and_calls_none()
    {
        var tenant = await TenantAsync();
        var reader = new JsonObject { ["name"] = "reader", ["permissions"] = new JsonArray(Permissions.ScriptsRead) };
        using var made = await tenant.SendAsync(HttpMethod.Post, "/tokens", reader, Stop);
        var token = (await RunningProduct.ExpectAsync(made, HttpStatusCode.Created)).GetProperty("token").GetString()!;

        using var listed = await fixture.Product.SendAsync(HttpMethod.Get, "/api/v1/hooks", token, null, null, Stop);
        var input = new JsonObject { ["input"] = 1 };
        using var called = await fixture.Product.SendAsync(HttpMethod.Post, "/api/v1/hooks/open", token, null, input, Stop);

        (listed.StatusCode, called.StatusCode).ShouldBe((HttpStatusCode.OK, HttpStatusCode.Forbidden));
    }
}
