using System.Collections.Concurrent;
using System.Globalization;
using Sandbox.Protocol.Rpc;
using StreamJsonRpc;

namespace Sandbox.FakeWorker;

/// <summary>Calls on the broker that no worker of ours makes, and well-formed ones that ask for what is not the script's.</summary>
internal sealed class HostileCalls(JsonRpc rpc, EarStream ear)
{
    private const int Many = 100_000;
    private static readonly Type[] s_types = [typeof(long), typeof(int), typeof(string), typeof(string)];

    // Well-formed, and each to be refused: nobody's transactions, secrets, entities and scripts, unknown capabilities, arguments of wrong shapes.
    private static readonly (string Capability, string Arguments)[] s_refused =
    [
        ("db.commit", """["987654321"]"""),
        ("db.begin", "[]"),
        ("db.find", """[5,"clients",{}]"""),
        ("db.find", """[null,"sandbox.tokens",{}]"""),
        ("db.find", """[null,"clients\"; drop table sandbox.tenants; --",{}]"""),
        ("secrets.get", """["another-tenants"]"""),
        ("scripts.invoke", """["another-tenants",null]"""),
        ("cache.get", """["k",{"scope":"tenant","tenant":"acme"}]"""),
        ("cache.get", """{"not":"a list"}"""),
        ("cache.get", "no json at all"),
        ("cache.set", "[]"),
        ("checkpoint.of", "[]"),
        ("System.Diagnostics.Process.Start", """["sh"]"""),
        ("db.find", "[null,\"clients\"," + new string('[', 5_000) + new string(']', 5_000) + "]"),
        ("cache.get", $"[\"{new string('x', 20_000)}\"]"),
    ];

    private readonly ConcurrentDictionary<int, TaskCompletionSource<CallAnswer>> _waiting = new();
    private int _last;

    public void Answered(int call, CallAnswer answer)
    {
        if (_waiting.TryRemove(call, out var waiting)) waiting.TrySetResult(answer);
    }

    /// <summary>What the behaviour found; null where the word names none.</summary>
    public async Task<string?> RunAsync(string word, long own)
    {
        switch (word)
        {
            case "calls-refused":
                return await RefusedAsync(own, Many);
            case "calls-refused-first":
                return await RefusedAsync(own, Many / 20);
            case "calls-of-others":
                var long100 = $"[\"{new string('k', 100_000)}\"]";
                for (var i = 0; ; i++) await SendAsync((i % 4) switch { 0 => own - 1, 1 => own + 1, 2 => 0, _ => long.MaxValue }, 1, "cache.get", long100);
            case "calls-at-once":
                for (var i = 1; i <= 20_000; i++) await SendAsync(own, i, "cache.get", """["k"]""");
                return "0";
            case "calls-huge":
                await SendAsync(own, 1, "cache.set", $"[\"k\",\"{new string('x', RpcProtocol.CallCharactersMax)}\"]");
                return "0";
            case "calls-deaf":
                await SendAsync(own, 1, "cache.set", $"[\"k\",\"{new string('x', 1_000_000)}\"]");
                ear.GoDeaf();
                for (var i = 2; i <= 1_000; i++)
                {
                    await SendAsync(own, i, "cache.get", """["k"]""");
                    await Task.Delay(10);
                }

                return "0";
            case "calls-null":
                await SendAsync(own, 1, null!, null!);
                return "0";
            default:
                return null;
        }
    }

    private async Task<string> RefusedAsync(long own, int count)
    {
        var refused = 0;
        using var window = new SemaphoreSlim(RpcProtocol.CallsInFlightMax);
        var all = new List<Task>(count);
        for (var i = 0; i < count; i++)
        {
            await window.WaitAsync();
            all.Add(OneAsync(s_refused[i % s_refused.Length]));
        }

        await Task.WhenAll(all);
        return refused.ToString(CultureInfo.InvariantCulture);

        async Task OneAsync((string Capability, string Arguments) call)
        {
            var id = Interlocked.Increment(ref _last);
            var answer = _waiting.GetOrAdd(id, _ => new TaskCompletionSource<CallAnswer>(TaskCreationOptions.RunContinuationsAsynchronously));
            await SendAsync(own, id, call.Capability, call.Arguments);
            if ((await answer.Task).Code is not null) Interlocked.Increment(ref refused);
            window.Release();
        }
    }

    private Task SendAsync(long invocation, int call, string capability, string arguments) => rpc.NotifyAsync("call", [invocation, call, capability, arguments], s_types);
}
