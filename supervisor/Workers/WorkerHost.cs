using System.Collections.Concurrent;
using Sandbox.Protocol.Rpc;

namespace Sandbox.Supervisor.Workers;

/// <summary>
/// What one worker says of the invocations that it was sent. Called on the pipe's reading thread: never blocks.
/// <paramref name="misbehaves"/> is told what no worker of ours would say, and ends the worker; <paramref name="answer"/> sends what the broker answers.
/// </summary>
internal sealed class WorkerHost(TimeProvider time, Action<string> misbehaves, Action<long, int, CallAnswer> answer) : IWorkerHost
{
    private const int CapabilityLengthMax = 100;

    private readonly ConcurrentDictionary<long, OpenInvocation> _open = new();
    private readonly LineAllowance _strays = LineAllowance.OfStrays(time);

    /// <summary>An invocation that was sent and not answered yet.</summary>
    private sealed record OpenInvocation(IInvocationSink Sink, LineAllowance Lines)
    {
        public CallsInFlight Calls { get; } = new();
    }

    /// <summary>The invocations that are open now.</summary>
    public IReadOnlyCollection<long> Opened => [.. _open.Keys];

    public void Open(InvocationRequest request, IInvocationSink sink) =>
        _open[request.Invocation] = new OpenInvocation(sink, LineAllowance.OfInvocation(time, request.LogLinesMax, request.LogBytesMax));

    public void Close(long invocation) => _open.TryRemove(invocation, out _);

    Task IWorkerHost.LogAsync(long invocation, IReadOnlyList<WorkerLogLine> lines)
    {
        // Counted before a line is looked at. A late line of an invocation that just ended is dropped; one that no worker of ours would send ends the worker.
        _open.TryGetValue(invocation, out var open);
        if (lines is null) misbehaves("a list of lines of null");
        else if (!(open?.Lines ?? _strays).Take(lines.Count, CharactersOf(lines))) misbehaves("more log lines than a worker sends");
        else if (open?.Sink.Log(lines) is false) misbehaves("a malformed log line");
        return Task.CompletedTask;
    }

    Task IWorkerHost.ProgressAsync(long invocation, WorkerProgress progress)
    {
        _open.TryGetValue(invocation, out var open);
        if (progress is null || open?.Sink.Progress(progress) is false) misbehaves("malformed progress");
        return Task.CompletedTask;
    }

    Task IWorkerHost.LabelsAsync(long invocation, IReadOnlyList<WorkerLabel> labels)
    {
        _open.TryGetValue(invocation, out var open);
        if (labels is null || labels.Count > RpcProtocol.LabelsMax || open?.Sink.Labels(labels) is false) misbehaves("malformed labels");
        return Task.CompletedTask;
    }

    Task IWorkerHost.CallAsync(long invocation, int call, string capability, string arguments)
    {
        if (capability is not { Length: > 0 and <= CapabilityLengthMax } || arguments is null || arguments.Length > RpcProtocol.CallCharactersMax)
        {
            misbehaves("a malformed call");
            return Task.CompletedTask;
        }

        if (!_open.TryGetValue(invocation, out var open))
        {
            // Of an invocation that is over, or was never this worker's: nobody waits for an answer.
            if (!_strays.Take(1, arguments.Length)) misbehaves("more calls of no invocation than a worker sends");
            return Task.CompletedTask;
        }

        var characters = arguments.Length;
        if (!open.Calls.TryBegin(characters))
        {
            misbehaves("more calls at once than a worker sends");
            return Task.CompletedTask;
        }

        open.Sink.Call(capability, arguments, given =>
        {
            // Before the answer leaves: the worker may call again as soon as it has it.
            open.Calls.End(characters);
            answer(invocation, call, given);
        });
        return Task.CompletedTask;
    }

    private static long CharactersOf(IReadOnlyList<WorkerLogLine> lines)
    {
        var characters = 0L;
        foreach (var line in lines) characters += (line?.Message?.Length ?? 0) + (line?.Metadata?.Length ?? 0);
        return characters;
    }
}
