using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Queue;

/// <summary>A supervisor that is killed loses nothing that it accepted.</summary>
public sealed class CrashTests
{
    private const int Patience = 180_000;

    [Fact(Timeout = Patience)]
    public async Task What_ran_is_interrupted_and_runs_again_where_attempts_are_left_and_what_waited_runs()
    {
        await using var product = await RunningProduct.StartAsync();
        var tenant = await product.CreateTenantAsync("crash");
        const string source = "if (context.attempt === 1 && context.input.hang) await new Promise(() => setTimeout(() => {}, 100000)); return context.attempt";
        await tenant.CreateScriptAsync("again", "oneoff", source, retry: new JsonObject { ["attempts"] = 3, ["backoff_ms"] = 10 });
        await tenant.CreateScriptAsync("once", "oneoff", source);
        var hang = new JsonObject { ["input"] = new JsonObject { ["hang"] = true } };
        var (again, once) = (await tenant.EnqueueAsync("again", hang), await tenant.EnqueueAsync("once", hang));
        await tenant.UntilListedAsync("/executions?status=running", list => list.Count == 2);
        var waits = await tenant.EnqueueAsync("once", new JsonObject { ["input"] = new JsonObject(), ["run_at"] = TimeProvider.System.GetUtcNow().AddSeconds(4).ToString("O") });

        await product.KillAsync();
        await product.StartProcessAsync();

        (await tenant.UntilFinalAsync(waits)).GetProperty("status").GetString().ShouldBe("completed");
        var first = await tenant.UntilFinalAsync(again);
        (first.GetProperty("status").GetString(), first.GetProperty("code").GetString()).ShouldBe(("failed", "INTERRUPTED"));
        var second = (await tenant.UntilListedAsync("/executions?script=again&status=completed", list => list.Count == 1))[0];
        second.GetProperty("output").GetInt32().ShouldBe(2);
        var dead = await tenant.UntilFinalAsync(once);
        (dead.GetProperty("status").GetString(), dead.GetProperty("code").GetString()).ShouldBe(("failed", "INTERRUPTED"));
        (await tenant.GetAsync("/executions?script=once")).GetProperty("items").GetArrayLength().ShouldBe(2);
    }

    [Fact(Timeout = Patience)]
    public async Task A_stop_lets_what_runs_finish_and_leaves_what_waits_in_the_queue()
    {
        await using var product = await RunningProduct.StartAsync();
        var tenant = await product.CreateTenantAsync("stop");
        await tenant.CreateScriptAsync("slow", "oneoff", "await new Promise(done => setTimeout(done, 1500)); return 'whole'", new JsonObject { ["concurrency"] = 1 });
        var (runs, waits) = (await tenant.EnqueueAsync("slow"), await tenant.EnqueueAsync("slow"));
        await tenant.UntilListedAsync("/executions?status=running", list => list.Count == 1);

        (await product.InterruptAsync()).ShouldBe(0);
        await product.StartProcessAsync();

        foreach (var id in (string[])[runs, waits])
        {
            var final = await tenant.UntilFinalAsync(id);
            (final.GetProperty("status").GetString(), final.GetProperty("attempt").GetInt32()).ShouldBe(("completed", 1));
        }
    }
}
