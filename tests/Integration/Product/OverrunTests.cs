using System.Text.Json;
using System.Text.Json.Nodes;
using Shouldly;

namespace Sandbox.Tests.Integration.Product;

/// <summary>Whatever a script does, it ends within its limits, its record says what happened, and another tenant's endpoint keeps answering.</summary>
public sealed class OverrunTests(OverrunTests.Fixture fixture) : IClassFixture<OverrunTests.Fixture>
{
    public static TheoryData<string, string, string, string> Overruns => new()
    {
        { "endless-loop", "for (;;) {}", "timeout", "TIMEOUT" },
        { "microtask-loop", "const spin = () => { Promise.resolve().then(spin); }; spin(); await new Promise(() => {});", "timeout", "TIMEOUT" },
        { "catastrophic-regex", "return /^(a+)+$/.test('a'.repeat(40) + 'b');", "timeout", "TIMEOUT" },
        { "index-of-2-53", "return Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1);", "timeout", "TIMEOUT" },
        { "json-parse-loop", "const t = '[' + '0,'.repeat(1e5) + '0]'; for (;;) JSON.parse(t);", "timeout", "TIMEOUT" },
        { "json-parse-huge", "const t = '[' + '0,'.repeat(4e6) + '0]'; const a = []; for (;;) a.push(JSON.parse(t));", "failed", "MEMORY_LIMIT" },
        { "to-upper-case", "const s = 'ß'.repeat(2 ** 16); for (;;) s.toUpperCase();", "timeout", "TIMEOUT" },
        { "to-upper-case-huge", "const a = []; for (;;) a.push('ß'.repeat(2 ** 24).toUpperCase());", "failed", "MEMORY_LIMIT" },
        { "fill", "Array.prototype.fill.call({ length: 2 ** 53 - 1 }, 1);", "failed", "MEMORY_LIMIT" },
        { "heap-growth", "const a = []; for (;;) a.push({ a: [1, 2, 3], b: 'x' + a.length });", "failed", "MEMORY_LIMIT" },
        { "repeat-split", "return 'x'.repeat(2 ** 28).split('').length;", "failed", "MEMORY_LIMIT" },
        { "intl-formats", "const a = []; for (;;) a.push(new Intl.DateTimeFormat('en', { timeZone: 'UTC' }));", "failed", "MEMORY_LIMIT" },
        { "deep-recursion", "const f = n => f(n + 1) + 1; return f(0);", "failed", "SCRIPT_ERROR" },
        { "to-json-loop", "return { toJSON() { for (;;) {} } };", "timeout", "TIMEOUT" },
        { "never-settles", "await new Promise(() => {});", "timeout", "TIMEOUT" },
    };

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Overruns))]
    public async Task An_overrun_ends_with_its_code_while_another_tenant_is_served(string name, string source, string status, string code)
    {
        await fixture.Hostile.CreateScriptAsync(name, "embedded", source, new JsonObject { ["timeout_ms"] = status == "failed" ? 30_000 : 2_000 });
        var workers = fixture.Product.Workers().Select(worker => (worker.Id, Groups: worker.ControlGroups())).ToArray();
        var execution = await fixture.WhileTheOtherTenantIsServedAsync(() => fixture.Hostile.InvokeAsync(name));
        if (name is "index-of-2-53" or "repeat-split")
        {
            // No interrupt reaches these: the process is gone, and the control group that held it.
            var (id, groups) = workers.Where(worker => !ProcessFacts.IsAlive(worker.Id)).ShouldHaveSingleItem();
            groups.ShouldNotBeEmpty($"worker {id} was in no control group");
            while (groups.Any(Directory.Exists)) await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        execution.GetProperty("code").GetString().ShouldBe(code, execution.ToString());
        execution.GetProperty("status").GetString().ShouldBe(status);
        execution.GetProperty("error").GetProperty("message").GetString().ShouldNotBeNullOrEmpty();
        execution.GetProperty("duration_ms").GetDouble().ShouldBeGreaterThan(0);
        var stored = await fixture.Hostile.GetAsync($"/executions/{execution.GetProperty("id").GetString()}");
        stored.GetProperty("code").GetString().ShouldBe(execution.GetProperty("code").GetString());

        var next = await fixture.Hostile.InvokeAsync("fine");
        next.GetProperty("status").GetString().ShouldBe("completed", next.ToString());
    }

    /// <summary>A buffer that is refused is a RangeError, which these do not catch.</summary>
    [Theory(Timeout = 120_000)]
    [InlineData("array-buffers", "const a = []; for (;;) a.push(new ArrayBuffer(1 << 20));", "MEMORY_LIMIT")]
    [InlineData("typed-arrays", "const a = []; for (;;) a.push(new Float64Array(1 << 17));", "MEMORY_LIMIT")]
    [InlineData("resizable-buffers", "const a = []; for (;;) { const b = new ArrayBuffer(1, { maxByteLength: 1 << 26 }); b.resize(1 << 26); new Uint8Array(b).fill(1); a.push(b); }", "MEMORY_LIMIT")]
    [InlineData("growth-by-transfer", "const a = []; for (;;) a.push(new ArrayBuffer(1).transfer(1 << 22));", "MEMORY_LIMIT")]
    [InlineData("structured-growth", "const a = []; for (;;) a.push(new Uint8Array(1 << 20).slice());", "MEMORY_LIMIT")]
    public async Task Memory_outside_of_the_heap_is_bounded_too(string name, string source, string code)
    {
        await fixture.Hostile.CreateScriptAsync(name, "embedded", source, new JsonObject { ["timeout_ms"] = 30_000 });
        var execution = await fixture.WhileTheOtherTenantIsServedAsync(() => fixture.Hostile.InvokeAsync(name));
        execution.GetProperty("code").GetString().ShouldBe(code, execution.ToString());
    }

    [Fact(Timeout = 120_000)]
    public async Task A_hundred_megabytes_of_log_are_cut_and_the_execution_goes_on()
    {
        await fixture.Hostile.CreateScriptAsync("log-flood", "embedded", "const line = 'x'.repeat(1 << 16); for (let i = 0; i < 1600; i++) console.log(line); return 'on';");
        var execution = await fixture.WhileTheOtherTenantIsServedAsync(() => fixture.Hostile.InvokeAsync("log-flood"));
        execution.GetProperty("status").GetString().ShouldBe("completed", execution.ToString());
        var logs = await fixture.Hostile.GetAsync($"/executions/{execution.GetProperty("id").GetString()}/logs?limit=200");
        var bytes = logs.GetProperty("items").EnumerateArray().Sum(l => l.GetProperty("message").GetString()!.Length);
        bytes.ShouldBeInRange(100_000, 300_000);
    }

    [Fact(Timeout = 120_000)]
    public async Task What_was_logged_before_a_kill_is_in_the_record()
    {
        await fixture.Hostile.CreateScriptAsync("log-then-stuck", "embedded", "for (let i = 0; i < 100; i++) console.log('line ' + i); Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1);", new JsonObject { ["timeout_ms"] = 1_000 });
        var execution = await fixture.Hostile.InvokeAsync("log-then-stuck");
        execution.GetProperty("code").GetString().ShouldBe("TIMEOUT");
        var logs = await fixture.Hostile.GetAsync($"/executions/{execution.GetProperty("id").GetString()}/logs?limit=200");
        logs.GetProperty("items").EnumerateArray().Select(l => l.GetProperty("message").GetString()).ShouldBe(Enumerable.Range(0, 100).Select(i => $"line {i}"));
    }

    [Fact(Timeout = 120_000)]
    public async Task Ten_that_wait_in_one_isolate_complete_while_an_eleventh_loops()
    {
        await fixture.Hostile.CreateScriptAsync(
            "ten-and-one", "embedded",
            "if (context.input.loop) { await new Promise(r => setTimeout(r, 300)); for (;;) {} } await new Promise(r => setTimeout(r, 1500)); return 'done';",
            new JsonObject { ["timeout_ms"] = 30_000, ["concurrency"] = 20 });
        await fixture.Hostile.InvokeAsync("ten-and-one", new JsonObject { ["loop"] = false });
        var waiting = Enumerable.Range(0, 10).Select(_ => fixture.Hostile.InvokeAsync("ten-and-one", new JsonObject { ["loop"] = false })).ToArray();
        var looping = await fixture.Hostile.InvokeAsync("ten-and-one", new JsonObject { ["loop"] = true }, timeoutMs: 3_000);
        looping.GetProperty("code").GetString().ShouldBe("TIMEOUT");
        foreach (var execution in await Task.WhenAll(waiting)) execution.GetProperty("status").GetString().ShouldBe("completed", execution.ToString());
    }

    [Fact(Timeout = 120_000)]
    public async Task A_worker_killed_from_outside_runs_its_execution_again()
    {
        var tenant = await fixture.Product.CreateTenantAsync("killed-outside");
        await tenant.CreateScriptAsync("waits", "embedded", "console.log('started'); await new Promise(r => setTimeout(r, 3000)); return 'done';");
        var running = tenant.InvokeAsync("waits");
        var execution = await WaitForRunningAsync(tenant);
        while ((await tenant.GetAsync($"/executions/{execution}/logs")).GetProperty("items").GetArrayLength() == 0) await Task.Delay(20, TestContext.Current.CancellationToken);
        var workers = fixture.Product.Workers();
        using (var kill = System.Diagnostics.Process.Start("kill", ["-KILL", .. workers.Select(worker => $"{worker.Id}")]))
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);

        var result = await running;
        workers.ShouldNotBeEmpty();
        workers.ShouldAllBe(worker => !ProcessFacts.IsAlive(worker.Id));
        var lines = (await tenant.GetAsync($"/executions/{execution}/logs")).GetProperty("items").EnumerateArray().Select(line => line.GetProperty("message").GetString()).ToArray();
        lines[0].ShouldBe("started");
        lines[1].ShouldNotBeNull().ShouldContain("run once more");
        lines[2].ShouldBe("started");
        result.GetProperty("status").GetString().ShouldBe("completed", result.ToString());
        result.GetProperty("id").GetString().ShouldBe(execution);
    }

    private static async Task<string> WaitForRunningAsync(RunningProduct.Tenant tenant)
    {
        for (; ; await Task.Delay(20, TestContext.Current.CancellationToken))
        {
            var list = await tenant.GetAsync("/executions?status=running");
            foreach (var item in list.GetProperty("items").EnumerateArray()) return item.GetProperty("id").GetString()!;
        }
    }

    /// <summary>One product, a hostile tenant and one beside it.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        internal RunningProduct Product { get; private set; } = null!;
        internal RunningProduct.Tenant Hostile { get; private set; } = null!;
        internal RunningProduct.Tenant Other { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Product = await RunningProduct.StartAsync();
            Hostile = await Product.CreateTenantAsync("hostile");
            Other = await Product.CreateTenantAsync("other");
            await Hostile.CreateScriptAsync("fine", "embedded", "return 'fine';");
            await Other.CreateEndpointAsync("hello", "/hello", "return { hello: context.tenant };");
            (await Other.CallAsync("/hello")).EnsureSuccessStatusCode();
        }

        /// <summary>Calls the other tenant's endpoint until <paramref name="act"/> is over; every answer must be right.</summary>
        internal async Task<JsonElement> WhileTheOtherTenantIsServedAsync(Func<Task<JsonElement>> act)
        {
            var acting = act();
            var served = 0;
            do
            {
                using var response = await Other.CallAsync("/hello", TestContext.Current.CancellationToken);
                (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe("""{"hello":"other"}""");
                served++;
                await Task.WhenAny(acting, Task.Delay(20, TestContext.Current.CancellationToken));
            }
            while (!acting.IsCompleted);
            served.ShouldBeGreaterThan(0);
            return await acting;
        }

        public async ValueTask DisposeAsync() => await Product.DisposeAsync();
    }
}
