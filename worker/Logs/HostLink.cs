using Sandbox.Protocol.Rpc;
using Sandbox.Worker.Isolates;
using StreamJsonRpc;

namespace Sandbox.Worker.Logs;

/// <summary>
/// Says to the supervisor what scripts say, on a thread of its own: at once, in order, what waits together in one message, and the
/// answer of an invocation that logged after its last line. Bounded by the invocations' own limits: each is in the queue once.
/// </summary>
internal sealed class HostLink
{
    private static readonly Type[] LogTypes = [typeof(long), typeof(IReadOnlyList<WorkerLogLine>)];
    private static readonly Type[] ProgressTypes = [typeof(long), typeof(WorkerProgress)];
    private static readonly Type[] LabelTypes = [typeof(long), typeof(IReadOnlyList<WorkerLabel>)];
    private static readonly Type[] CallTypes = [typeof(long), typeof(int), typeof(string), typeof(string)];
    private readonly object _gate = new();
    private readonly Queue<(Invocation Invocation, InvocationResult? Answer)> _queue = new();
    private JsonRpc? _rpc;

    public void Start(JsonRpc rpc)
    {
        _rpc = rpc;
        new Thread(Run, 1024 * 1024) { IsBackground = true, Name = "link" }.Start();
    }

    /// <summary>The invocation's log has something to send.</summary>
    public void Say(Invocation invocation)
    {
        lock (_gate)
        {
            if (invocation.Log.IsQueued) return;
            invocation.Log.IsQueued = true;
            _queue.Enqueue((invocation, null));
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Asks the broker, from the thread that is in the isolate. What the pipe does not take at once waits, bounded by the calls that an invocation may have in flight.</summary>
    public void Call(Invocation invocation, int call, string capability, string arguments)
    {
        // Where the supervisor is gone, the input thread ends the process.
        _ = _rpc!.NotifyAsync("call", [invocation.Id, call, capability, arguments], CallTypes).ContinueWith(
            static sent => sent.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>Answers an invocation, behind what it said.</summary>
    public void Answer(Invocation invocation, InvocationResult result)
    {
        if (!invocation.Log.IsUsed)
        {
            invocation.Answer.TrySetResult(result);
            return;
        }

        lock (_gate)
        {
            _queue.Enqueue((invocation, result));
            Monitor.Pulse(_gate);
        }
    }

    private void Run()
    {
        while (true)
        {
            (Invocation Invocation, InvocationResult? Answer) next;
            lock (_gate)
            {
                while (_queue.Count == 0) Monitor.Wait(_gate);
                next = _queue.Dequeue();
                if (next.Answer is null) next.Invocation.Log.IsQueued = false;
            }

            try
            {
                Send(next.Invocation);
            }
            catch (Exception exception) when (exception is ConnectionLostException or ObjectDisposedException)
            {
                // The supervisor is gone; the input thread ends the process.
                return;
            }

            if (next.Answer is not null) next.Invocation.Answer.TrySetResult(next.Answer);
        }
    }

    // A thread of its own waits here until the pipe has taken the message: that is its back-pressure.
    private void Send(Invocation invocation)
    {
        var (lines, progress, labels) = invocation.Log.Take();
        if (lines.Count > 0) _rpc!.NotifyAsync("log", [invocation.Id, lines], LogTypes).GetAwaiter().GetResult();
        if (labels is not null) _rpc!.NotifyAsync("labels", [invocation.Id, labels], LabelTypes).GetAwaiter().GetResult();
        if (progress is not null) _rpc!.NotifyAsync("progress", [invocation.Id, progress], ProgressTypes).GetAwaiter().GetResult();
    }
}
