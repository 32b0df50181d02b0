using Sandbox.Protocol.Rpc;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Worker;

/// <summary>What a script does to be rid of its limits. Each has a worker of its own, since some of them end it.</summary>
public sealed class LimitTests
{
    private const int Timeout = 120_000;
    private const string Warm = "console.log('here');";

    [Theory(Timeout = Timeout)]
    [InlineData("for (;;);")]
    [InlineData("await null; for (;;);")]
    [InlineData("const f = () => Promise.resolve().then(f); await f()")]
    [InlineData("for (;;) await null")]
    [InlineData("try { for (;;); } finally { for (;;); }")]
    [InlineData("/^(a+)+$/.test('a'.repeat(40) + 'b')")]
    [InlineData("return { toJSON() { for (;;); } }")]
    [InlineData("return new Proxy({}, { get(t, k) { if (k === 'toJSON') for (;;); } })")]
    [InlineData("throw Object.assign(new Error('x'), { get a() { for (;;); } })")]
    [InlineData("sdk.log.info('x', { get a() { for (;;); } })")]
    [InlineData("return { then() { for (;;); } }")]
    [InlineData("await new Promise(() => {})")]
    [InlineData("await new Promise(r => setTimeout(r, 1e9))")]
    [InlineData("export default () => 1;\nfor (;;);")]
    [InlineData("setTimeout(() => { for (;;); }, 1); await new Promise(() => {})")]
    public async Task An_invocation_that_does_not_end_is_ended(string source)
    {
        await using var worker = await WorkerProcess.StartAsync();
        var isModule = source.Contains("export", StringComparison.Ordinal);
        var request = worker.Request(isModule ? source.Replace("for (;;);", Warm + " for (;;);", StringComparison.Ordinal) : Warm + source);
        var running = worker.RunAsync(request);
        await worker.NextLineAsync();
        await worker.Worker.EndAsync(request.Invocation);
        var result = await running;
        result.Outcome.ShouldBe(InvocationOutcome.Ended);
        (await worker.OutputAsync("return 1")).ShouldBe("1");
    }

    [Theory(Timeout = Timeout)]
    [InlineData("[].indexOf.call({ length: 2 ** 53 - 1 }, 1)")]
    [InlineData("Array.prototype.lastIndexOf.call({ length: 2 ** 53 - 1 }, 1)")]
    [InlineData("Array.prototype.includes.call({ length: 2 ** 53 - 1 }, 1)")]
    public async Task A_native_call_that_heeds_no_interrupt_holds_up_no_neighbour_and_is_left_to_the_kill(string source)
    {
        await using var worker = await WorkerProcess.StartAsync();
        var request = worker.Request(Warm + source);
        var running = worker.RunAsync(request);
        await worker.NextLineAsync();
        await worker.Worker.EndAsync(request.Invocation);
        for (var i = 0; i < 3; i++) (await worker.OutputAsync("return 'a neighbour'")).ShouldBe("\"a neighbour\"");
        running.IsCompleted.ShouldBeFalse();
        worker.Process.Kill();
        await worker.Exited;
        await Should.ThrowAsync<Exception>(() => running);
    }

    [Fact(Timeout = Timeout)]
    public async Task CPU_time_has_a_limit_of_its_own()
    {
        await using var worker = await WorkerProcess.StartAsync();
        var request = worker.Request("for (;;);") with { CpuMsMax = 100 };
        var result = await worker.RunAsync(request);
        result.Outcome.ShouldBe(InvocationOutcome.CpuExceeded);
        result.CpuMicroseconds.ShouldBeGreaterThan(90_000);
        var slices = await worker.RunAsync(worker.Request("for (;;) { const t = Date.now(); while (Date.now() - t < 5); await new Promise(r => setTimeout(r, 1)) }") with { CpuMsMax = 100 });
        slices.Outcome.ShouldBe(InvocationOutcome.CpuExceeded);
    }

    [Theory(Timeout = Timeout)]
    [InlineData("const a = []; for (;;) a.push(new Array(1000).fill({}))")]
    [InlineData("let s = 'x'; const a = []; for (;;) { a.push(s + a.length); s += 'yyyyyyyyyyyyyyyy'; await null }")]
    [InlineData("const m = new Map(); for (let i = 0; ; i++) m.set(i, { i })")]
    [InlineData("const a = []; for (;;) a.push(new Uint8Array(1 << 20).fill(1))")]
    [InlineData("const a = []; for (;;) a.push(new ArrayBuffer(0, { maxByteLength: 1 << 20 }))")]
    [InlineData("const b = new ArrayBuffer(0, { maxByteLength: 2 ** 30 }); b.resize(2 ** 30)")]
    [InlineData("const a = []; class B extends ArrayBuffer {} for (;;) a.push(new B(1, { maxByteLength: 2 ** 24 }))")]
    [InlineData("const a = []; for (;;) a.push(new (new Uint8Array(1).buffer.constructor)(1, { get maxByteLength() { return 2 ** 24 } }))")]
    public async Task Memory_has_a_limit(string source)
    {
        await using var worker = await WorkerProcess.StartAsync();
        var result = await worker.RunAsync(source);
        result.Outcome.ShouldBe(InvocationOutcome.MemoryExceeded, $"{result.Error}");
        (await worker.OutputAsync("return 1")).ShouldBe("1");
    }

    [Fact(Timeout = Timeout)]
    public async Task Others_in_an_isolate_that_ran_out_of_memory_may_be_run_again()
    {
        await using var worker = await WorkerProcess.StartAsync();
        const string Source = "if (context.input) { const a = []; for (;;) a.push(new Array(1000).fill({})) } console.log('waits'); await new Promise(() => {})";
        var waiting = worker.RunAsync(worker.Request(Source));
        await worker.NextLineAsync();
        (await worker.RunAsync(Source, "true")).Outcome.ShouldBe(InvocationOutcome.MemoryExceeded);
        (await waiting).Outcome.ShouldBe(InvocationOutcome.IsolateLost);
    }

    [Fact(Timeout = Timeout)]
    public async Task Deep_recursion_is_an_error_and_the_isolate_stays()
    {
        await using var worker = await WorkerProcess.StartAsync();
        const string Source = "if (context.input) return 'fine'; function f(n) { return f(n + 1) + 1 } return f(0)";
        for (var i = 0; i < 3; i++) (await worker.RunAsync(Source)).Outcome.ShouldBe(InvocationOutcome.Threw);
        var after = await worker.RunAsync(worker.Request(Source, "1"));
        after.Output.ShouldBe("\"fine\"");
        after.Cold.ShouldBeFalse();
        (await worker.RunAsync("const o = {}; let p = o; function f() { console.log('x', {}); sdk.log.info('y', new Error('z')); f() } f()")).Outcome.ShouldBe(InvocationOutcome.Threw);
        (await worker.RunAsync("JSON.parse('['.repeat(1e6))")).Outcome.ShouldBe(InvocationOutcome.Threw);
        (await worker.RunAsync(new string('(', 50_000) + new string(')', 50_000))).Outcome.ShouldBe(InvocationOutcome.SyntaxError);
    }

    [Fact(Timeout = Timeout)]
    public async Task A_hundred_megabytes_of_log_cost_neither_memory_nor_pipe()
    {
        await using var worker = await WorkerProcess.StartAsync();
        var request = worker.Request("const line = 'x'.repeat(1 << 20); for (let i = 0; i < 100; i++) console.log(line); return 'done'");
        (await worker.RunAsync(request)).Output.ShouldBe("\"done\"");
        worker.Log(request).Sum(line => line.Message.Length).ShouldBeLessThan(300_000);
        worker.Process.Refresh();
        worker.Process.PeakWorkingSet64.ShouldBeLessThan(400L << 20);
    }

    [Fact(Timeout = Timeout)]
    public async Task Ten_wait_in_an_isolate_while_an_eleventh_loops()
    {
        await using var worker = await WorkerProcess.StartAsync();
        const string Source = "console.log('in'); if (context.input) for (;;); await new Promise(r => setTimeout(r, 300)); return 'waited'";
        var waiting = new List<Task<InvocationResult>>();
        for (var i = 0; i < 10; i++)
        {
            waiting.Add(worker.RunAsync(worker.Request(Source)));
            await worker.NextLineAsync();
        }

        var loop = worker.Request(Source, "true");
        var looping = worker.RunAsync(loop);
        await worker.NextLineAsync();
        await worker.Worker.EndAsync(loop.Invocation);
        (await looping).Outcome.ShouldBe(InvocationOutcome.Ended);
        foreach (var result in await Task.WhenAll(waiting))
        {
            result.Outcome.ShouldBe(InvocationOutcome.Completed);
            result.Output.ShouldBe("\"waited\"");
        }
    }

    [Fact(Timeout = Timeout)]
    public async Task Behind_a_busy_isolate_a_new_execution_takes_another()
    {
        await using var worker = await WorkerProcess.StartAsync();
        const string Source = "console.log('in'); if (context.input) for (;;); return 'served'";
        var loop = worker.Request(Source, "true") with { Isolates = 3 };
        var looping = worker.RunAsync(loop);
        await worker.NextLineAsync();
        (await worker.RunAsync(worker.Request(Source) with { Isolates = 3 })).Output.ShouldBe("\"served\"");
        await worker.Worker.EndAsync(loop.Invocation);
        (await looping).Outcome.ShouldBe(InvocationOutcome.Ended);
    }

    [Fact(Timeout = Timeout)]
    public async Task Code_that_runs_on_after_the_end_is_stopped_and_the_result_stands()
    {
        await using var worker = await WorkerProcess.StartAsync();
        var request = worker.Request("(async () => { for (;;) await null })(); return 'result'");
        var result = await worker.RunAsync(request);
        result.Output.ShouldBe("\"result\"");
        worker.Log(request).Single().Message.ShouldContain("still running");
        (await worker.OutputAsync("return 1")).ShouldBe("1");
    }

    [Fact(Timeout = Timeout)]
    public async Task An_invocation_that_was_ended_says_nothing_more()
    {
        await using var worker = await WorkerProcess.StartAsync();
        const string Source = "console.log('first'); if (!context.input) return 'next'; setTimeout(() => console.log('late'), 3000); await new Promise(() => {})";
        var request = worker.Request(Source, "true");
        var running = worker.RunAsync(request);
        await worker.NextLineAsync();
        await worker.Worker.EndAsync(request.Invocation);
        (await running).Outcome.ShouldBe(InvocationOutcome.Ended);
        (await worker.OutputAsync("await new Promise(r => setTimeout(r, 3500)); return 1")).ShouldBe("1");
        worker.Log(request).Count.ShouldBe(1);
        (await worker.OutputAsync(Source)).ShouldBe("\"next\"");
    }

    [Fact(Timeout = Timeout)]
    public async Task The_worker_ends_with_its_standard_input()
    {
        await using var worker = await WorkerProcess.StartAsync();
        var looping = worker.RunAsync(worker.Request(Warm + "for (;;);"));
        await worker.NextLineAsync();
        worker.Process.StandardInput.Close();
        await worker.Exited;
        worker.Process.ExitCode.ShouldBe(0);
        await Should.ThrowAsync<Exception>(() => looping);
    }

    [Fact(Timeout = Timeout)]
    public async Task Many_versions_pass_through_a_bounded_number_of_isolates()
    {
        await using var worker = await WorkerProcess.StartAsync();
        for (var i = 0; i < 24; i++) (await worker.OutputAsync($"return {i}")).ShouldBe($"{i}");
        worker.Process.Refresh();
        worker.Process.WorkingSet64.ShouldBeLessThan(450L << 20);
        (await worker.RunAsync(worker.Request("return 0") with { Source = null })).Output.ShouldBe("0");
    }
}
