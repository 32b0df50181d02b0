using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Tests.Integration.Http;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Queue;

/// <summary>The Enqueue door of a running product: what is accepted runs, is tried again, can be cancelled and replayed.</summary>
public sealed class DurableExecutionsTests(SharedProductFixture fixture) : IClassFixture<SharedProductFixture>
{
    private const int Patience = 120_000;
    private static int s_last;
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = Patience)]
    public async Task An_accepted_execution_answers_202_with_its_location_and_runs()
    {
        var tenant = await TenantAsync();
        await tenant.CreateScriptAsync("rows-in", "oneoff", "return { got: context.input, type: context.trigger.type, attempt: context.attempt, same: context.idempotencyKey === context.executionId }");

        using var response = await tenant.SendAsync(HttpMethod.Post, "/scripts/rows-in/executions", new JsonObject { ["input"] = new JsonObject { ["rows"] = 3 } }, Stop);

        var accepted = await RunningProduct.ExpectAsync(response, HttpStatusCode.Accepted);
        var id = accepted.GetProperty("id").GetString()!;
        response.Headers.Location!.ToString().ShouldBe($"/api/v1/executions/{id}");
        accepted.GetProperty("status").GetString().ShouldBe("pending");
        var final = await tenant.UntilFinalAsync(id);
        final.GetProperty("status").GetString().ShouldBe("completed");
        final.GetProperty("output").GetRawText().ShouldBe("""{"got":{"rows":3},"type":"api","attempt":1,"same":true}""");
        final.GetProperty("cause").GetProperty("kind").GetString().ShouldBe("token");
    }

    [Fact(Timeout = Patience)]
    public async Task To_cancel_an_attempt_that_failed_cancels_the_one_that_waits_to_follow_it()
    {
        var tenant = await TenantAsync();
        await tenant.CreateScriptAsync(
            "flaky", "oneoff", "throw new Error('not yet')", retry: new JsonObject { ["attempts"] = 3, ["backoff_ms"] = 600_000 });
        var id = await tenant.EnqueueAsync("flaky");
        await tenant.UntilFinalAsync(id);
        var waiting = (await tenant.UntilListedAsync("/executions?status=pending", list => list.Count == 1))[0].GetProperty("id").GetString();

        using var response = await tenant.SendAsync(HttpMethod.Post, $"/executions/{id}/cancel", cancellationToken: Stop);

        var cancelled = await RunningProduct.ExpectAsync(response, HttpStatusCode.OK);
        cancelled.GetProperty("id").GetString().ShouldBe(waiting);
        (cancelled.GetProperty("status").GetString(), cancelled.GetProperty("attempt").GetInt32()).ShouldBe(("cancelled", 2));
        (await tenant.GetAsync($"/executions/{id}")).GetProperty("status").GetString().ShouldBe("failed");
        (await tenant.GetAsync("/executions?status=pending")).GetProperty("items").GetArrayLength().ShouldBe(0);
        using var again = await tenant.SendAsync(HttpMethod.Post, $"/executions/{id}/cancel", cancellationToken: Stop);
        again.StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact(Timeout = Patience)]
    public async Task What_is_due_later_waits_is_listed_and_can_be_cancelled()
    {
        var tenant = await TenantAsync();
        await tenant.CreateScriptAsync("later", "oneoff", "return 1");
        var id = await tenant.EnqueueAsync("later", new JsonObject { ["run_at"] = TimeProvider.System.GetUtcNow().AddHours(1).ToString("O") });

        (await tenant.GetAsync($"/executions/{id}")).GetProperty("status").GetString().ShouldBe("pending");
        var listed = (await tenant.GetAsync("/executions?status=pending")).GetProperty("items").EnumerateArray().Single();
        listed.GetProperty("id").GetString().ShouldBe(id);
        (await tenant.GetAsync($"/executions/{id}/logs")).GetProperty("items").GetArrayLength().ShouldBe(0);
        (await tenant.GetAsync($"/executions/{id}/calls")).GetProperty("items").GetArrayLength().ShouldBe(0);
        using var response = await tenant.SendAsync(HttpMethod.Post, $"/executions/{id}/cancel", cancellationToken: Stop);
        var cancelled = await RunningProduct.ExpectAsync(response, HttpStatusCode.OK);

        cancelled.GetProperty("status").GetString().ShouldBe("cancelled");
        cancelled.GetProperty("code").ValueKind.ShouldBe(JsonValueKind.Null);
        cancelled.GetProperty("started_at").ValueKind.ShouldBe(JsonValueKind.Null);
        using var again = await tenant.SendAsync(HttpMethod.Post, $"/executions/{id}/cancel", cancellationToken: Stop);
        again.StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact(Timeout = Patience)]
    public async Task What_is_due_in_a_second_runs_then()
    {
        var tenant = await TenantAsync();
        await tenant.CreateScriptAsync("soon", "oneoff", "return 1");
        var due = TimeProvider.System.GetUtcNow().AddSeconds(1);

        var final = await tenant.UntilFinalAsync(await tenant.EnqueueAsync("soon", new JsonObject { ["run_at"] = due.ToString("O") }));

        final.GetProperty("status").GetString().ShouldBe("completed");
        final.GetProperty("started_at").GetDateTimeOffset().ShouldBeGreaterThanOrEqualTo(due.AddMilliseconds(-1));
    }

    [Fact(Timeout = Patience)]
    public async Task A_failure_is_tried_again_with_the_same_key_and_its_checkpoint_until_it_succeeds()
    {
        var tenant = await TenantAsync();
        await tenant.CreateScriptAsync(
            "flaky",
            "oneoff",
            """
            if (context.attempt === 2 && context.checkpoint?.value !== 7) throw new Error('no checkpoint');
            if (context.attempt === 1) await sdk.checkpoint(7);
            if (context.attempt < 3) throw new Error(`attempt ${context.attempt}`);
            return [context.idempotencyKey, context.checkpoint.value];
            """,
            retry: new JsonObject { ["attempts"] = 5, ["backoff_ms"] = 20 });
        var id = await tenant.EnqueueAsync("flaky");

        var attempts = await tenant.UntilListedAsync("/executions?script=flaky", list => list.Any(execution => execution.GetProperty("status").GetString() == "completed"));

        attempts.Select(execution => execution.GetProperty("attempt").GetInt32()).Order().ShouldBe([1, 2, 3]);
        attempts.Single(execution => execution.GetProperty("attempt").GetInt32() == 3).GetProperty("output").GetRawText().ShouldBe($"[\"{id}\",7]");
        attempts.Single(execution => execution.GetProperty("attempt").GetInt32() == 2).GetProperty("error").GetProperty("message").GetString().ShouldBe("attempt 2");
    }

    [Theory(Timeout = Patience)]
    [InlineData("throw Object.assign(new Error('never'), { retryable: false })", "SCRIPT_ERROR")]
    [InlineData("await sdk.secrets.get('not-there-' + context.attempt)", "NOT_ALLOWED")]
    public async Task What_cannot_improve_is_not_tried_again(string source, string code)
    {
        var tenant = await TenantAsync();
        var uses = code == "NOT_ALLOWED" ? """{"secrets":[]}""" : null;
        await tenant.CreateScriptAsync("hopeless", "oneoff", source, uses: uses, retry: new JsonObject { ["attempts"] = 5, ["backoff_ms"] = 1 });
        var final = await tenant.UntilFinalAsync(await tenant.EnqueueAsync("hopeless"));
        final.GetProperty("code").GetString().ShouldBe(code);

        // A retry is committed with the end that it follows.
        (await tenant.GetAsync("/executions?script=hopeless")).GetProperty("items").GetArrayLength().ShouldBe(1);
    }

    [Fact(Timeout = Patience)]
    public async Task A_paused_script_holds_its_work_and_runs_it_when_it_is_resumed()
    {
        var tenant = await TenantAsync();
        await tenant.CreateScriptAsync("held", "oneoff", "return 1");
        await tenant.CreateScriptAsync("other", "oneoff", "return 2");
        (await tenant.SendAsync(HttpMethod.Post, "/scripts/held/pause", cancellationToken: Stop)).Dispose();
        var id = await tenant.EnqueueAsync("held");
        // What was accepted after it has run: the dispatcher has been there.
        await tenant.UntilFinalAsync(await tenant.EnqueueAsync("other"));
        (await tenant.GetAsync($"/executions/{id}")).GetProperty("status").GetString().ShouldBe("pending");

        (await tenant.SendAsync(HttpMethod.Post, "/scripts/held/resume", cancellationToken: Stop)).Dispose();

        (await tenant.UntilFinalAsync(id)).GetProperty("status").GetString().ShouldBe("completed");
    }

    [Fact(Timeout = Patience)]
    public async Task A_disabled_script_refuses_work_and_records_it()
    {
        var tenant = await TenantAsync();
        await tenant.CreateScriptAsync("off", "oneoff", "return 1");
        (await tenant.SendAsync(HttpMethod.Post, "/scripts/off/disable", new JsonObject { ["reason"] = "audit" }, Stop)).Dispose();

        using var response = await tenant.SendAsync(HttpMethod.Post, "/scripts/off/executions", new JsonObject(), Stop);

        var problem = await RunningProduct.ExpectAsync(response, HttpStatusCode.Conflict);
        problem.GetProperty("code").GetString().ShouldBe("NOT_ALLOWED");
        var recorded = await tenant.GetAsync($"/executions/{problem.GetProperty("execution_id").GetString()}");
        recorded.GetProperty("status").GetString().ShouldBe("failed");
        recorded.GetProperty("error").GetProperty("message").GetString()!.ShouldContain("audit");
    }

    [Fact(Timeout = Patience)]
    public async Task A_running_execution_is_cancelled_within_two_seconds_and_not_tried_again()
    {
        var tenant = await TenantAsync();
        await tenant.CreateScriptAsync("endless", "oneoff", "for (;;) {}", retry: new JsonObject { ["attempts"] = 5, ["backoff_ms"] = 1 });
        var id = await tenant.EnqueueAsync("endless");
        await tenant.UntilListedAsync("/executions?status=running", list => list.Count == 1);

        using var response = await tenant.SendAsync(HttpMethod.Post, $"/executions/{id}/cancel", cancellationToken: Stop);

        (await RunningProduct.ExpectAsync(response, HttpStatusCode.OK)).GetProperty("status").GetString().ShouldBe("cancelled");
        (await tenant.GetAsync("/executions?script=endless")).GetProperty("items").GetArrayLength().ShouldBe(1);
    }

    [Fact(Timeout = Patience)]
    public async Task A_replay_runs_with_the_same_or_another_input_on_the_live_or_the_original_version()
    {
        var tenant = await TenantAsync();
        await tenant.CreateScriptAsync("priced", "embedded", "await sdk.checkpoint('half'); return [1, context.input, context.replayOf, context.checkpoint, context.idempotencyKey === context.executionId]");
        var first = await tenant.InvokeAsync("priced", new JsonObject { ["n"] = 1 });
        var id = first.GetProperty("id").GetString()!;
        (await tenant.SendAsync(HttpMethod.Patch, "/scripts/priced", new JsonObject { ["source"] = "return [2, context.input, context.checkpoint]" }, Stop)).Dispose();

        (await OutputOfReplayAsync(tenant, id, new JsonObject())).ShouldBe("""[2,{"n":1},null]""");
        (await OutputOfReplayAsync(tenant, id, new JsonObject { ["input"] = 5, ["from_checkpoint"] = true })).ShouldBe("""[2,5,{"version":1,"value":"half"}]""");
        (await OutputOfReplayAsync(tenant, id, new JsonObject { ["version"] = "original" })).ShouldBe($$"""[1,{"n":1},"{{id}}",null,true]""");
        (await OutputOfReplayAsync(tenant, id, new JsonObject { ["version"] = "original", ["same_key"] = true })).ShouldBe($$"""[1,{"n":1},"{{id}}",null,false]""");
    }

    [Theory(Timeout = Patience)]
    [InlineData("/scripts/bad/executions", """{"run_at":"tomorrow"}""", 422, "run_at")]
    [InlineData("/scripts/bad/executions", """{"run_at":"2199-01-01T00:00:00Z"}""", 422, "run_at")]
    [InlineData("/scripts/bad/executions", """{"inptu":1}""", 422, "inptu")]
    [InlineData("/scripts/bad/executions", "[1]", 422, "body")]
    [InlineData("/scripts/bad/executions", "{", 400, null)]
    [InlineData("/executions/replay", "{}", 422, "body")]
    [InlineData("/executions/replay", """{"script":"bad","rate_per_minute":0}""", 422, "rate_per_minute")]
    [InlineData("/executions/cancel", """{"status":"sleeping"}""", 422, "status")]
    [InlineData("/executions/cancel", """{"label":[]}""", 422, "body")]
    [InlineData("/executions/cancel", """{"label":["order"]}""", 422, "label")]
    [InlineData("/executions/replay", """{"duration_ms_min":"long"}""", 422, "duration_ms_min")]
    public async Task Bad_input_is_refused_with_its_field_and_nothing_is_stored(string path, string body, int status, string? field)
    {
        var tenant = await TenantAsync();
        await tenant.CreateScriptAsync("bad", "oneoff", "return 1");
        using var request = tenant.Request(HttpMethod.Post, path);
        request.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await fixture.Product.Admin.SendAsync(request, Stop);

        var problem = await RunningProduct.ExpectAsync(response, (HttpStatusCode)status);
        if (field is not null) problem.GetProperty("errors").EnumerateArray().Single().GetProperty("field").GetString().ShouldBe(field);
        (await tenant.GetAsync("/executions")).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Fact(Timeout = Patience)]
    public async Task Many_are_replayed_and_cancelled_by_a_filter()
    {
        var tenant = await TenantAsync();
        await tenant.CreateScriptAsync("bulk", "oneoff", "if (context.replayOf) return 1; throw new Error('first time')");
        foreach (var _ in Enumerable.Range(0, 3)) await tenant.UntilFinalAsync(await tenant.EnqueueAsync("bulk"));

        foreach (var none in (JsonObject[])[new() { ["duration_ms_min"] = 1e9 }, new() { ["duration_ms_max"] = 0 }, new() { ["label"] = new JsonArray("order:7") }])
        {
            using var nothing = await tenant.SendAsync(HttpMethod.Post, "/executions/replay", none, Stop);
            (await RunningProduct.ExpectAsync(nothing, HttpStatusCode.Accepted)).GetProperty("matched").GetInt32().ShouldBe(0);
        }

        using var response = await tenant.SendAsync(HttpMethod.Post, "/executions/replay", new JsonObject { ["script"] = "bulk", ["status"] = "failed", ["rate_per_minute"] = 1 }, Stop);
        var result = await RunningProduct.ExpectAsync(response, HttpStatusCode.Accepted);
        using var cancel = await tenant.SendAsync(HttpMethod.Post, "/executions/cancel", new JsonObject { ["script"] = "bulk", ["status"] = "pending" }, Stop);
        var cancelled = await RunningProduct.ExpectAsync(cancel, HttpStatusCode.OK);

        (result.GetProperty("matched").GetInt32(), result.GetProperty("done").GetInt32()).ShouldBe((3, 3));
        // One a minute: the first may have begun, the two others wait.
        cancelled.GetProperty("done").GetInt32().ShouldBeGreaterThanOrEqualTo(2);
        await tenant.UntilListedAsync("/executions?script=bulk", list => list.Count == 6 && list.All(execution => execution.GetProperty("finished_at").ValueKind == JsonValueKind.String));
    }

    private static async Task<string> OutputOfReplayAsync(RunningProduct.Tenant tenant, string id, JsonObject body)
    {
        using var response = await tenant.SendAsync(HttpMethod.Post, $"/executions/{id}/replay", body, Stop);
        var accepted = await RunningProduct.ExpectAsync(response, HttpStatusCode.Accepted);
        var final = await tenant.UntilFinalAsync(accepted.GetProperty("id").GetString()!);
        return final.GetProperty("status").GetString() == "completed" ? final.GetProperty("output").GetRawText() : final.GetRawText();
    }

    private Task<RunningProduct.Tenant> TenantAsync() => fixture.Product.CreateTenantAsync($"queue-{Interlocked.Increment(ref s_last)}");
}
