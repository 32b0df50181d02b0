using System.IO.Pipelines;
using Sandbox.Protocol.Rpc;
using StreamJsonRpc;

namespace Sandbox.FakeWorker;

/// <summary>Workers that speak the protocol, as far as it suits them.</summary>
internal sealed class RpcBehaviour(string[] words) : IWorker
{
    private const string Raw = "raw";
    private const string AsAsked = "as-asked";
    private static readonly string[] Known = ["polite", "flood", "wrong-version", "late-answers", "forged-invocations", "throws", "reads-hello-only", "nameless-hello", "never-ready", AsAsked];

    private JsonRpc? _rpc;
    private HostileCalls? _calls;
    private bool _outlivesItsPipe;

    public static bool Knows(string[] words) => words.Length > 0 && Known.Contains(words[0], StringComparer.Ordinal);

    public static int Serve(string[] words)
    {
        var worker = new RpcBehaviour(words);
        using var ear = new EarStream(Pipe.Input);
        using var rpc = new JsonRpc(new CappedMessageHandler(PipeWriter.Create(Pipe.Output), PipeReader.Create(ear), RpcFormatter.Create()));
        rpc.AddLocalRpcTarget<IWorker>(worker, null);
        worker._rpc = rpc;
        worker._calls = new HostileCalls(rpc, ear);
        rpc.StartListening();
        try
        {
            rpc.Completion.GetAwaiter().GetResult();
        }
        catch (Exception failure) when (failure is IOException or ConnectionLostException)
        {
            // The supervisor has gone.
        }

        if (worker._outlivesItsPipe) Pipe.Hang();
        return 0;
    }

    public Task<WorkerHello> HelloAsync(SupervisorHello hello, CancellationToken cancellationToken) =>
        Task.FromResult(new WorkerHello(words is ["wrong-version"] ? RpcProtocol.Version + 1 : RpcProtocol.Version, words is ["nameless-hello"] ? null! : "fake"));

    public Task<SourceCheck> CheckAsync(string source, string? inputSchema, CancellationToken cancellationToken) =>
        Task.FromResult(words is [AsAsked] ? MalformedAnswers.Check(source) : new SourceCheck([], IsModule: false, null));

    public Task PrepareAsync(InvocationRequest request, CancellationToken cancellationToken) =>
        words is ["never-ready"] ? Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken) : Task.CompletedTask;

    public async Task<InvocationResult> ExecuteAsync(InvocationRequest request, CancellationToken cancellationToken)
    {
        if (request.VersionKey == RpcProtocol.WarmUpVersion) return Done(0);
        switch (words)
        {
            case [Raw, "board-and-abort"]:
                RawBehaviour.WriteBoard(request.Invocation);
                return Done(RawBehaviour.Run(["abort"]));
            case [Raw, .. var behaviour]:
                // On a thread of its own: it does not come back.
                return await Task.Factory.StartNew(() => Done(RawBehaviour.Run(behaviour)), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            case ["reads-hello-only"]:
                Pipe.Hang();
                break;
            case [AsAsked]:
                return await AnswerAsAskedAsync(request);
            case ["throws"]:
                throw new InvalidOperationException("Sandbox.Supervisor.Workers.Secret, Sandbox.Supervisor");
            case ["flood"]:
                while (true) await LogAsync(request.Invocation, [new WorkerLogLine(0, 1, "\"flood\"", null)]);
            case ["late-answers"]:
                _ = AnswerLateAsync(request.Invocation);
                await Task.Delay(TimeSpan.FromSeconds(5), CancellationToken.None);
                break;
            case ["forged-invocations"]:
                await ForgeAsync(request.Invocation);
                break;
            default:
                break;
        }

        return Done(0);
    }

    public Task EndAsync(long invocation) => Task.CompletedTask;

    public Task AnswerAsync(long invocation, int call, CallAnswer answer)
    {
        _calls?.Answered(call, answer);
        return Task.CompletedTask;
    }

    private Task LogAsync(long invocation, WorkerLogLine[] lines) => _rpc!.NotifyAsync("log", invocation, lines);

    private static InvocationResult Done(int value) => new() { Outcome = InvocationOutcome.Completed, Output = value.ToString(System.Globalization.CultureInfo.InvariantCulture) };

    /// <summary>The input, a JSON string, names the behaviour: one worker directory serves any number of them.</summary>
    private async Task<InvocationResult> AnswerAsAskedAsync(InvocationRequest request)
    {
        switch (request.Input.Trim('"'))
        {
            case "log-lines":
                while (true) await LogAsync(request.Invocation, [.. Enumerable.Repeat(new WorkerLogLine(0, 1, "\"flood\"", null), 100)]);
            case "huge-lines":
                while (true) await LogAsync(request.Invocation, [new WorkerLogLine(0, 1, $"\"{new string('x', 8000)}\"", null)]);
            case "stray-lines":
                while (true) await LogAsync(long.MaxValue, [.. Enumerable.Repeat(new WorkerLogLine(0, 1, "\"stray\"", null), 100)]);
            case "wait" or "outlive":
                _outlivesItsPipe = request.Input.Contains("outlive", StringComparison.Ordinal);
                return await new TaskCompletionSource<InvocationResult>().Task;
            case "exit":
                Environment.Exit(3);
                return Done(0);
            case "null-answer":
                return null!;
            case "shout":
                return await Task.Factory.StartNew(() => Done(RawBehaviour.Run(["shout-on"])), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            case var word when word.StartsWith("calls-", StringComparison.Ordinal):
                return new InvocationResult { Outcome = InvocationOutcome.Completed, Output = await _calls!.RunAsync(word, request.Invocation) };
            case var word:
                return MalformedAnswers.Invocation(word, request) ?? Done(0);
        }
    }

    /// <summary>Goes on about an invocation that is over.</summary>
    private async Task AnswerLateAsync(long invocation)
    {
        while (true)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50));
            await LogAsync(invocation, [new WorkerLogLine(0, 1, "\"late\"", null)]);
        }
    }

    /// <summary>Speaks in the name of invocations that are not this worker's.</summary>
    private async Task ForgeAsync(long own)
    {
        RawBehaviour.WriteBoard(own + 1);
        foreach (var invocation in (long[])[0, -1, own - 1, own + 1, long.MaxValue])
        {
            await LogAsync(invocation, [new WorkerLogLine(0, 1, "\"forged\"", null)]);
            await _rpc!.NotifyAsync("progress", invocation, new WorkerProgress(1, 1, "\"forged\""));
        }
    }
}
