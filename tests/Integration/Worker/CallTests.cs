using System.Collections.Concurrent;
using Sandbox.Protocol.Rpc;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Worker;

/// <summary>Calls on the broker as a script makes them, answered by the test.</summary>
public sealed class CallTests(WorkerFixture fixture) : IClassFixture<WorkerFixture>
{
    private const int Minute = 60_000;

    [Fact(Timeout = Minute)]
    public async Task A_call_crosses_as_its_name_and_arguments_and_comes_back_as_a_value()
    {
        var worker = fixture.Worker;
        var calls = new ConcurrentQueue<(string, string)>();
        worker.Broker = (capability, arguments) =>
        {
            calls.Enqueue((capability, arguments));
            return Task.FromResult(new CallAnswer("""{"a":[1,"\ud800"]}"""));
        };

        var output = await worker.OutputAsync("const v = await sdk.cache.get('k\\u0000', {scope: 'tenant'}); v.a.push(2n === 2n); return [v, await sdk.cache.set('b', 12345678901234567890n)];");

        output.ShouldBe("""[{"a":[1,"\ud800",true]},{"a":[1,"\ud800"]}]""");
        calls.ShouldBe([("cache.get", """["k\u0000",{"scope":"tenant"}]"""), ("cache.set", """["b","12345678901234567890",null,null]""")]);
    }

    [Fact(Timeout = Minute)]
    public async Task A_refusal_is_an_error_with_its_code_message_and_the_line_of_the_call()
    {
        var worker = fixture.Worker;
        worker.Broker = (_, _) => Task.FromResult(new CallAnswer(null, "RATE_LIMIT", "too often", 7));

        var caught = await worker.OutputAsync("try { await sdk.cache.get('a'); } catch (e) { return [e instanceof Error, e.code, e.message, e.retryAfter, e.stack.split('\\n')[0]]; }");
        var result = await worker.RunAsync("const a = 1;\n\n  await sdk.cache.get('a');");

        caught.ShouldBe("""[true,"RATE_LIMIT","too often",7,"Error: too often"]""");
        result.Outcome.ShouldBe(InvocationOutcome.Threw);
        (result.Error!.Code, result.Error.Message, result.Error.Line).ShouldBe(("RATE_LIMIT", "\"too often\"", 3));
    }

    [Fact(Timeout = Minute)]
    public async Task At_most_32_calls_are_under_way_and_all_are_answered()
    {
        var worker = fixture.Worker;
        var gate = new TaskCompletionSource();
        int open = 0, most = 0;
        worker.Broker = async (_, arguments) =>
        {
            var now = Interlocked.Increment(ref open);
            InterlockedMax(ref most, now);
            if (now == RpcProtocol.CallsInFlightMax) gate.TrySetResult();
            await gate.Task;
            Interlocked.Decrement(ref open);
            return new CallAnswer(arguments);
        };

        var output = await worker.OutputAsync("const all = await Promise.all(Array.from({length: 1000}, (_, i) => sdk.cache.get(`k${i}`))); return [all.length, all[999][0]];");

        output.ShouldBe("""[1000,"k999"]""");
        most.ShouldBe(RpcProtocol.CallsInFlightMax);
    }

    [Fact(Timeout = Minute)]
    public async Task The_call_after_the_last_allowed_one_is_refused_and_none_of_100_000_holds_the_worker_up()
    {
        var worker = fixture.Worker;
        worker.Broker = (_, _) => Task.FromResult(new CallAnswer("1"));

        var output = await worker.OutputAsync("const all = await Promise.allSettled(Array.from({length: 100000}, () => sdk.cache.get('k'))); return [all.filter(x => x.status === 'fulfilled').length, all[1000].reason.code];");

        output.ShouldBe("""[1000,"CALL_LIMIT"]""");
    }

    [Theory(Timeout = Minute)]
    [InlineData("const c = {}; c.c = c; await sdk.cache.set('k', c)", "INVALID_ARGUMENT")]
    [InlineData("await sdk.cache.set('k', { get a() { throw new Error('mine'); } })", "INVALID_ARGUMENT")]
    [InlineData("await sdk.cache.set('k', new Proxy({}, { ownKeys() { throw new Error('mine'); } }))", "INVALID_ARGUMENT")]
    [InlineData("await sdk.cache.set('k', { toJSON() { throw null; } })", "INVALID_ARGUMENT")]
    [InlineData("await sdk.cache.set('k', 'x'.repeat(20 << 20))", "INVALID_ARGUMENT")]
    public async Task What_cannot_be_sent_is_refused_in_that_execution(string source, string code)
    {
        var worker = fixture.Worker;
        worker.Broker = (_, _) => Task.FromResult(new CallAnswer("1"));

        var result = await worker.RunAsync(source);
        var next = await worker.OutputAsync("return await sdk.cache.get('k');");

        (result.Outcome, result.Error!.Code).ShouldBe((InvocationOutcome.Threw, code));
        next.ShouldBe("1");
    }

    [Fact(Timeout = Minute)]
    public async Task Calls_that_are_not_awaited_are_dropped_with_a_word_in_the_log()
    {
        var worker = fixture.Worker;
        worker.Broker = (_, _) => new TaskCompletionSource<CallAnswer>().Task;

        var request = worker.Request("for (let i = 0; i < 40; i++) sdk.cache.get('k'); return 1;");
        var result = await worker.RunAsync(request);

        result.Output.ShouldBe("1");
        worker.Log(request).ShouldContain(line => line.Message.Contains("40 sdk calls were not over"));
    }

    [Fact(Timeout = Minute)]
    public async Task The_sdk_is_a_plain_frozen_object_whose_parts_can_be_taken_apart_and_stood_in_for()
    {
        var worker = fixture.Worker;
        worker.Broker = (capability, _) => Task.FromResult(new CallAnswer($"\"{capability}\""));

        (await worker.OutputAsync("const { cache } = sdk; return [await cache.get('a'), cache === sdk.cache, Object.isFrozen(sdk), Object.isFrozen(cache.get), Object.getPrototypeOf(sdk) === Object.prototype];"))
            .ShouldBe("""["cache.get",true,true,true,true]""");
        (await worker.OutputAsync("const mine = Object.create(sdk); mine.cache = 5; return [mine.cache, typeof sdk.cache, typeof Object.create(sdk).cache.get];")).ShouldBe("""[5,"object","function"]""");
        (await worker.OutputAsync("try { sdk.cache = 1; } catch (e) { return e.name; }")).ShouldBe("\"TypeError\"");
        (await worker.OutputAsync("return Object.keys(sdk).includes('cache') && Object.keys(sdk.cache).join()")).ShouldBe("\"get,set,delete,exists,increment,expire\"");
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); value > seen; seen = Volatile.Read(ref target))
            if (Interlocked.CompareExchange(ref target, value, seen) == seen) return;
    }
}
