using Sandbox.Protocol.Api;
using Sandbox.Protocol.Rpc;
using Sandbox.Protocol.Text;
using Sandbox.Supervisor.Broker;
using Sandbox.Supervisor.Workers;
using Sandbox.Supervisor.Workers.Launch;

namespace Sandbox.Supervisor.Executions;

/// <summary>An execution that is not final yet: what is known of it, its log, and the one way to end it.</summary>
internal sealed class InFlightExecution : IInvocationSink, IDisposable
{
    /// <summary>Where the worker cuts a progress message.</summary>
    private const int ProgressCharactersMax = 1_000;

    private static readonly Dictionary<string, string> s_noLabels = [];
    private readonly TimeProvider _time;
    private readonly TimeSpan _endGrace;
    private readonly CallBroker _broker;
    private readonly InFlightExecution? _parent;
    private readonly Lock _gate = new();
    private CallScope? _calls;
    private EndReason _endReason;
    private CancellationTokenSource? _waiting;
    private Running? _running;
    private ITimer? _deadline;
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ExecutionProgress? _progress;
    private IReadOnlyDictionary<string, string>? _labels;

    public InFlightExecution(RunRequest request, TimeProvider time, TimeSpan endGrace, CallBroker broker, InFlightExecution? parent = null)
    {
        _broker = broker;
        _parent = parent;
        // What its parent was given may be in its input.
        Mask = parent?.Mask ?? new SecretMask();
        _time = time;
        _endGrace = endGrace;
        Request = request;
        CreatedTimestamp = time.GetTimestamp();
        CreatedAt = request.AcceptedAt ?? time.GetUtcNow();
        QueueReasons = request.WaitedFor;
    }

    /// <summary>One invocation in one worker. <c>Done</c> completes when the worker has answered or died.</summary>
    private sealed record Running(IPoolWorker Worker, long Invocation, TaskCompletionSource Done);

    public RunRequest Request { get; }
    public DateTimeOffset CreatedAt { get; }

    /// <summary>Monotonic.</summary>
    public long CreatedTimestamp { get; }

    public DateTimeOffset? StartedAt { get; private set; }
    public long StartedTimestamp { get; private set; }
    public TimeSpan Timeout { get; private set; }
    public QueueReasons QueueReasons { get; set; }

    /// <summary>When it may be tried again, where it was refused.</summary>
    public int? RetryAfterSeconds { get; set; }

    public double QueueMs =>
        (Request.Waited + (StartedAt is null ? _time.GetElapsedTime(CreatedTimestamp) : _time.GetElapsedTime(CreatedTimestamp, StartedTimestamp))).TotalMilliseconds;

    /// <summary>What is left of the time until its answer; null: that is not bounded.</summary>
    public TimeSpan? Left =>
        Request.AnswerWithin is not { } within ? null
        : within - _time.GetElapsedTime(CreatedTimestamp) is var left && left > TimeSpan.Zero ? left
        : TimeSpan.Zero;

    public LogBuffer Log { get; } = new();

    /// <summary>The worker that it runs in; null before and after.</summary>
    public IPoolWorker? Worker
    {
        get { lock (_gate) return _running?.Worker; }
    }

    /// <summary>Its record was made and goes to the writer: there is no second one.</summary>
    public bool IsRecorded { get; set; }

    /// <summary>Its record is with the writer.</summary>
    public Task Over => _over.Task;

    /// <summary>The secrets that it, or an execution above or below it, was given.</summary>
    public SecretMask Mask { get; }

    /// <summary>What it asked of the broker; null where it asked nothing.</summary>
    public ExecutionCalls? Calls { get; private set; }

    public ExecutionProgress? Progress => Volatile.Read(ref _progress);

    public EndReason EndReason
    {
        get { lock (_gate) return _endReason; }
    }

    /// <summary>The execution as it stands.</summary>
    public Execution Snapshot(ExecutionStatus status) => new()
    {
        Id = Request.ExecutionId,
        TenantId = Request.Tenant.Id,
        ScriptId = Request.Script.Id,
        ScriptName = Request.Script.Name,
        Version = Request.Script.Version,
        Kind = Request.Script.Kind,
        Status = status,
        Input = new RawJson(Mask.ApplyToJson(Request.Input.ToString())),
        Trigger = Request.RecordedTrigger ?? Request.Trigger,
        Cause = Request.Cause,
        Attempt = Request.Attempt,
        IdempotencyKey = Request.IdempotencyKey,
        CreatedAt = CreatedAt,
        StartedAt = StartedAt,
        QueueMs = Math.Round(QueueMs, 3),
        QueueReasons = QueueReasons,
        Progress = Progress,
        Calls = Calls?.Made ?? 0,
        Labels = Volatile.Read(ref _labels) ?? s_noLabels,
    };

    /// <summary>Time is running from here on.</summary>
    public void Start(TimeSpan timeout)
    {
        Timeout = timeout;
        StartedTimestamp = _time.GetTimestamp();
        StartedAt = _time.GetUtcNow();
        _deadline = _time.CreateTimer(static state => ((InFlightExecution)state!).End(EndReason.Deadline), this, timeout, System.Threading.Timeout.InfiniteTimeSpan);
    }

    /// <summary>A token for what is waited for before it runs; cancelled by <see cref="End"/> and after <paramref name="max"/>. Dispose it.</summary>
    public CancellationTokenSource WaitAtMost(TimeSpan max)
    {
        var source = new CancellationTokenSource(max, _time);
        lock (_gate)
        {
            _waiting = source;
            if (_endReason != EndReason.None) source.Cancel();
        }

        return source;
    }

    public void DoneWaiting(CancellationTokenSource source)
    {
        lock (_gate) _waiting = null;
        source.Dispose();
    }

    /// <summary>Runs an invocation so that <see cref="End"/> reaches it.</summary>
    public async Task<InvocationEnd> RunAsync(IPoolWorker worker, InvocationRequest request)
    {
        var running = new Running(worker, request.Invocation, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        bool ended;
        lock (_gate)
        {
            _running = running;
            ended = _endReason != EndReason.None;
        }

        if (ended) _ = EndAsync(running);
        try
        {
            return await worker.ExecuteAsync(request, this);
        }
        finally
        {
            CallScope? calls;
            lock (_gate)
            {
                _running = null;
                (calls, _calls) = (_calls, null);
            }

            running.Done.SetResult();
            if (calls is not null) await calls.DisposeAsync();
        }
    }

    /// <summary>Whoever waits for it is gone. What ended its parent has ended it too, whichever clock struck first.</summary>
    public void EndWithCaller() => End(_parent is null ? EndReason.CallerGone : _parent.EndReason is EndReason.Deadline ? EndReason.Deadline : EndReason.ParentGone);

    /// <summary>Ends it wherever it stands. False where another reason came first.</summary>
    public bool End(EndReason reason)
    {
        Running? running;
        CancellationTokenSource? waiting;
        lock (_gate)
        {
            if (_endReason != EndReason.None) return false;
            _endReason = reason;
            (running, waiting) = (_running, _waiting);
            _calls?.Close();
            // Under the lock: whoever waits disposes it under the same lock.
            _ = waiting?.CancelAsync();
        }

        if (running is not null) _ = EndAsync(running);
        return true;
    }

    /// <summary>The order at the deadline: ask the worker to end that invocation alone, and kill it where it has not within the grace.</summary>
    private async Task EndAsync(Running running)
    {
        // Not awaited: a worker that reads nothing any more holds up the pipe, and must not hold up the kill.
        _ = running.Worker.EndAsync(running.Invocation);
        try
        {
            await running.Done.Task.WaitAsync(_endGrace, _time, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            await running.Worker.KillAsync(EndReason == EndReason.Deadline ? KillReason.Deadline : KillReason.Cancelled);
        }
    }

    bool IInvocationSink.Log(IReadOnlyList<WorkerLogLine> lines) => Log.Append(lines, StartedAt ?? CreatedAt, _time.GetUtcNow(), Mask);

    bool IInvocationSink.Labels(IReadOnlyList<WorkerLabel> labels)
    {
        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var label in labels)
        {
            if (label?.Key is not { Length: <= RpcProtocol.LabelKeyMax * 8 } || label.Value is not { Length: <= RpcProtocol.LabelValueMax * 8 }) return false;
            if (JsonText.Decode(label.Key) is not { Length: > 0 } key || JsonText.Decode(label.Value) is not { } value) return false;
            read[Mask.Apply(key, wasCut: false)] = Mask.Apply(value, wasCut: false);
        }

        Volatile.Write(ref _labels, read);
        return true;
    }

    bool IInvocationSink.Progress(WorkerProgress progress)
    {
        string? message = null;
        if (!double.IsFinite(progress.Done) || (progress.Total is { } total && !double.IsFinite(total))) return false;
        if (progress.Message is { } literal && (literal.Length > 8 * 1024 || (message = JsonText.Decode(literal)) is null)) return false;
        Volatile.Write(ref _progress, new ExecutionProgress(progress.Done, progress.Total, message is null ? null : Mask.Apply(message, wasCut: message.Length >= ProgressCharactersMax)));
        return true;
    }

    void IInvocationSink.Call(string capability, string arguments, Action<CallAnswer> answer)
    {
        CallScope? calls = null;
        lock (_gate)
        {
            if (_running is not null && _endReason == EndReason.None)
            {
                Calls ??= new ExecutionCalls(Request, Invocations.LimitsInForce(Request), StartedTimestamp, Mask);
                calls = _calls ??= new CallScope(Calls);
            }
        }

        if (calls is null) answer(CallBroker.Ended);
        else _broker.Call(calls, capability, arguments, answer);
    }

    public void Dispose()
    {
        _deadline?.Dispose();
        _over.TrySetResult();
    }
}
