using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Queue;

/// <summary>Attempts that ended with their supervisor say nothing of their script.</summary>
public sealed class InterruptedTests
{
    private const int Patience = 180_000;
    private const string Hang = "await new Promise(() => setTimeout(() => {}, 100000));";

    [Fact(Timeout = Patience)]
    public async Task An_interrupted_attempt_is_no_failure_in_a_row_and_no_alert_and_runs_again_once()
    {
        await using var product = await RunningProduct.StartAsync("--Sandbox:Queue:FailuresInARow=2", "--Sandbox:Alerts:RoundMs=200");
        var tenant = await product.CreateTenantAsync("interrupted");
        var retry = new JsonObject { ["attempts"] = 3, ["backoff_ms"] = 1 };
        await tenant.CreateScriptAsync(
            "again",
            "oneoff",
            $"if (context.attempt === 1) {Hang} return await sdk.cache.increment('runs', 1, {{ scope: 'tenant' }})",
            retry: (JsonObject)retry.DeepClone());
        await tenant.CreateScriptAsync(
            "moody", "oneoff", $"if (context.attempt === 2) {Hang} throw new Error(`no ${{context.attempt}}`)", retry: retry);
        await tenant.EnqueueAsync("again");
        await tenant.EnqueueAsync("moody");
        await tenant.UntilListedAsync(
            "/executions?status=running", list => list.Select(Attempt).Order().SequenceEqual([("again", 1, null), ("moody", 2, null)]));

        await product.KillAsync();
        await product.StartProcessAsync();

        // Two failures in a row pause: an interruption between them is none, and does not begin the count anew.
        var paused = await UntilAsync(tenant, "/scripts/moody", script => script.GetProperty("paused").GetBoolean());
        paused.GetProperty("paused_reason").GetString().ShouldBe("2 executions in a row failed; the last one: no 3 (SCRIPT_ERROR)");
        (await AttemptsAsync(tenant, "moody", 3)).ShouldBe(
            [("moody", 1, "SCRIPT_ERROR"), ("moody", 2, "INTERRUPTED"), ("moody", 3, "SCRIPT_ERROR")]);
        (await AttemptsAsync(tenant, "again", 2)).ShouldBe([("again", 1, "INTERRUPTED"), ("again", 2, null)]);
        var ran = (await tenant.GetAsync("/executions?script=again&status=completed")).GetProperty("items");
        ran.EnumerateArray().ShouldHaveSingleItem().GetProperty("output").GetInt32().ShouldBe(1);
        (await tenant.GetAsync("/scripts/again")).GetProperty("paused").GetBoolean().ShouldBeFalse();

        // A round takes signals in their order: where the last of them is an alert, those before it would be.
        var alerts = await UntilAsync(tenant, "/alerts?condition=failure", list => list.GetProperty("items").GetArrayLength() > 0);
        var alert = alerts.GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        (alert.GetProperty("script_name").GetString(), alert.GetProperty("count").GetInt64(), alert.GetProperty("message").GetString())
            .ShouldBe(("moody", 1L, "no 3"));
        (await tenant.GetAsync("/alerts?script=again")).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    /// <summary>All attempts of a script, once there are so many and all are final.</summary>
    private static async Task<(string Script, int Number, string? Code)[]> AttemptsAsync(
        RunningProduct.Tenant tenant, string script, int count)
    {
        var listed = await tenant.UntilListedAsync(
            $"/executions?script={script}",
            list => list.Count >= count && list.All(execution => execution.GetProperty("finished_at").ValueKind == JsonValueKind.String));
        return [.. listed.Select(Attempt).Order()];
    }

    private static (string Script, int Number, string? Code) Attempt(JsonElement execution) => (
        execution.GetProperty("script_name").GetString()!,
        execution.GetProperty("attempt").GetInt32(),
        execution.GetProperty("code").GetString());

    private static async Task<JsonElement> UntilAsync(RunningProduct.Tenant tenant, string path, Func<JsonElement, bool> condition)
    {
        while (true)
        {
            var found = await tenant.GetAsync(path);
            if (condition(found)) return found;
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }
}
