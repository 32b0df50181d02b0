using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Queue;

/// <summary>A script that keeps failing pauses itself; its work is held until it is resumed.</summary>
public sealed class FailuresInARowTests : IAsyncLifetime
{
    private const int Patience = 180_000;
    private const string AsAsked = "if (context.input === 'sleep') for (;;) {} if (context.input) throw new Error(context.input); return 1";
    private static int s_last;
    private RunningProduct _product = null!;
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _product = await RunningProduct.StartAsync("--Sandbox:Queue:FailuresInARow=3");

    public ValueTask DisposeAsync() => _product.DisposeAsync();

    [Fact(Timeout = Patience)]
    public async Task The_third_failure_in_a_row_pauses_and_what_comes_later_is_held_until_a_resume()
    {
        var tenant = await TenantAsync();
        await tenant.CreateScriptAsync("broken", "oneoff", AsAsked, new JsonObject { ["timeout_ms"] = 1000 });
        await tenant.CreateScriptAsync("other", "oneoff", "return 1");
        await EndAsync(tenant, "broken", "first");
        await EndAsync(tenant, "broken", "sleep");
        (await tenant.GetAsync("/scripts/broken")).GetProperty("paused").GetBoolean().ShouldBeFalse();

        await EndAsync(tenant, "broken", "no such order");

        // The end and the pause are one commit; this node's cache hears of it a moment later.
        var paused = await UntilAsync(tenant, "/scripts/broken", script => script.GetProperty("paused").GetBoolean());
        paused.GetProperty("paused_reason").GetString().ShouldBe("3 executions in a row failed; the last one: no such order (SCRIPT_ERROR)");
        paused.GetProperty("held").GetRawText().ShouldBe("""{"count":0,"oldest_at":null}""");
        await _product.UntilPrintedAsync("Script broken of tenant", Stop);

        var held = await tenant.EnqueueAsync("broken");
        await tenant.EnqueueAsync("broken");
        // It was accepted later and has run: the dispatcher has been there.
        await EndAsync(tenant, "other", null);
        var waiting = await tenant.GetAsync("/scripts/broken");
        waiting.GetProperty("held").GetProperty("count").GetInt32().ShouldBe(2);
        var accepted = (await tenant.GetAsync($"/executions/{held}")).GetProperty("created_at").GetDateTimeOffset();
        waiting.GetProperty("held").GetProperty("oldest_at").GetDateTimeOffset().ShouldBeInRange(accepted.AddMinutes(-1), accepted.AddMinutes(1));

        using var response = await tenant.SendAsync(HttpMethod.Post, "/scripts/broken/resume", cancellationToken: Stop);
        var resumed = await RunningProduct.ExpectAsync(response, HttpStatusCode.OK);
        resumed.GetProperty("paused").GetBoolean().ShouldBeFalse();
        resumed.GetProperty("paused_reason").ValueKind.ShouldBe(JsonValueKind.Null);
        (await tenant.UntilFinalAsync(held)).GetProperty("status").GetString().ShouldBe("completed");
    }

    [Fact(Timeout = Patience)]
    public async Task A_success_and_a_resume_begin_the_count_anew()
    {
        var tenant = await TenantAsync();
        await tenant.CreateScriptAsync("moody", "oneoff", AsAsked);
        foreach (var input in new[] { "a", "b", null, "c", "d" }) await EndAsync(tenant, "moody", input);
        (await IsPausedAsync(tenant, "moody")).ShouldBeFalse();
        await EndAsync(tenant, "moody", "e");
        (await IsPausedAsync(tenant, "moody")).ShouldBeTrue();

        (await tenant.SendAsync(HttpMethod.Post, "/scripts/moody/resume", cancellationToken: Stop)).Dispose();
        foreach (var input in new[] { "f", "g" }) await EndAsync(tenant, "moody", input);

        (await IsPausedAsync(tenant, "moody")).ShouldBeFalse();
        await EndAsync(tenant, "moody", "h");
        (await IsPausedAsync(tenant, "moody")).ShouldBeTrue();
    }

    [Fact(Timeout = Patience)]
    public async Task Attempts_count_and_the_next_attempt_is_held()
    {
        var tenant = await TenantAsync();
        var retry = new JsonObject { ["attempts"] = 5, ["backoff_ms"] = 1 };
        await tenant.CreateScriptAsync("stubborn", "oneoff", "throw new Error('no')", retry: retry);
        await tenant.EnqueueAsync("stubborn");

        var paused = await UntilAsync(
            tenant,
            "/scripts/stubborn",
            script => script.GetProperty("paused").GetBoolean() && script.GetProperty("held").GetProperty("count").GetInt32() == 1);

        paused.GetProperty("paused_reason").GetString()!.ShouldStartWith("3 executions in a row failed");
        var attempts = (await tenant.GetAsync("/executions?script=stubborn")).GetProperty("items").EnumerateArray();
        attempts.Select(execution => (execution.GetProperty("attempt").GetInt32(), execution.GetProperty("status").GetString()!)).Order()
            .ShouldBe([(1, "failed"), (2, "failed"), (3, "failed"), (4, "pending")]);
    }

    [Fact(Timeout = Patience)]
    public async Task Cancelled_executions_and_calls_that_wait_for_their_answer_do_not_count()
    {
        var tenant = await TenantAsync();
        await tenant.CreateScriptAsync("endless", "oneoff", "if (context.input) throw new Error('no'); for (;;) {}");
        await tenant.CreateEndpointAsync("endpoint", "/endpoint", "throw new Error('no')");
        foreach (var input in new[] { "a", "b" }) await EndAsync(tenant, "endless", input);
        var id = await tenant.EnqueueAsync("endless");
        await tenant.UntilListedAsync("/executions?status=running", list => list.Count == 1);
        (await tenant.SendAsync(HttpMethod.Post, $"/executions/{id}/cancel", cancellationToken: Stop)).Dispose();
        for (var i = 0; i < 4; i++)
        {
            using var answer = await tenant.CallAsync("/endpoint", Stop);
            answer.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        }

        (await IsPausedAsync(tenant, "endless")).ShouldBeFalse();
        (await IsPausedAsync(tenant, "endpoint")).ShouldBeFalse();
        await EndAsync(tenant, "endless", "c");
        (await IsPausedAsync(tenant, "endless")).ShouldBeTrue();
    }

    private static async Task EndAsync(RunningProduct.Tenant tenant, string script, string? input)
    {
        var final = await tenant.UntilFinalAsync(await tenant.EnqueueAsync(script, new JsonObject { ["input"] = input }));
        final.GetProperty("status").GetString().ShouldBe(input switch { null => "completed", "sleep" => "timeout", _ => "failed" });
    }

    /// <summary>As the database has it, whatever a cache still says: the list is read from there.</summary>
    private static async Task<bool> IsPausedAsync(RunningProduct.Tenant tenant, string script)
    {
        var scripts = (await tenant.GetAsync("/scripts")).GetProperty("items").EnumerateArray();
        return scripts.Single(one => one.GetProperty("name").GetString() == script).GetProperty("paused").GetBoolean();
    }

    private static async Task<JsonElement> UntilAsync(RunningProduct.Tenant tenant, string path, Func<JsonElement, bool> condition)
    {
        while (true)
        {
            var found = await tenant.GetAsync(path);
            if (condition(found)) return found;
            await Task.Delay(TimeSpan.FromMilliseconds(50), Stop);
        }
    }

    private Task<RunningProduct.Tenant> TenantAsync() => _product.CreateTenantAsync($"failing-{Interlocked.Increment(ref s_last)}");
}
