using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Sandbox.Protocol.Api;
using Sandbox.Protocol.Rpc;
using Sandbox.Supervisor.History;
using Sandbox.Supervisor.Workers;

namespace Sandbox.Supervisor.Executions;

/// <summary>
/// The tail that every execution goes through, whichever door it came by:
/// lease a slot → arm the deadline → execute ⇒ pipe ⇒ isolate → classify → record → release.
/// </summary>
internal sealed class Runner(
    Admission admission,
    WorkerPool pool,
    HistoryWriter history,
    IOptions<ExecutionsOptions> options,
    TimeProvider time,
    IHostApplicationLifetime lifetime,
    ExecutionsLog log) : IHostedService
{
    /// <summary>What killed a worker may be killing others (an operator, the kernel short of memory): their deaths are seen first, or the next run would go to one of them.</summary>
    private static readonly TimeSpan PauseBeforeRunningAgain = TimeSpan.FromMilliseconds(100);

    private static readonly Outcome s_failed = Outcome.Failed(Codes.WorkerLost, "The supervisor failed while the script ran; its log says why.");

    private readonly ConcurrentDictionary<Guid, LiveExecution> _live = new();
    private volatile bool _stopping;
    private Task _drained = Task.CompletedTask;

    /// <summary>What is not final yet.</summary>
    public LiveExecution? Find(Guid tenantId, Guid id) =>
        _live.TryGetValue(id, out var live) && live.Request.Tenant.Id == tenantId ? live : null;

    /// <summary>All of a tenant's that are not final yet.</summary>
    public IEnumerable<LiveExecution> OfTenant(Guid tenantId) => _live.Values.Where(l => l.Request.Tenant.Id == tenantId);

    public async Task<RunResult> RunAsync(RunRequest request, CancellationToken cancellationToken)
    {
        using var live = new LiveExecution(request, time, options.Value.EndGrace);
        _live[request.ExecutionId] = live;
        try
        {
            await using var callerGone = cancellationToken.UnsafeRegister(static state => ((LiveExecution)state!).End(EndReason.CallerGone), live);
            if (_stopping) live.End(EndReason.Shutdown);
            try
            {
                var (outcome, result) = await PassAsync(live);
                return await RecordAsync(live, outcome, result);
            }
            catch (Exception e) when (!live.IsRecorded)
            {
                // A fault of ours: the execution is on record all the same.
                log.TailFailed(e, request.ExecutionId);
                return await RecordAsync(live, s_failed, null);
            }
        }
        finally
        {
            live.Log.Close();
            _live.TryRemove(request.ExecutionId, out _);
        }
    }

    public async Task<RunResult> RefuseAsync(RunRequest request, string code, string message)
    {
        using var live = new LiveExecution(request, time, options.Value.EndGrace);
        return await RecordAsync(live, Outcome.Failed(code, message), null);
    }

    /// <summary>The drain begins with the stop itself, not when the listeners have closed: they would cut off callers, and their executions would read as cancelled.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStopping.Register(() => _drained = DrainAsync());
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => _drained;

    /// <summary>Lets what runs finish within the drain time, then ends it as <c>INTERRUPTED</c>.</summary>
    private async Task DrainAsync()
    {
        _stopping = true;
        if (await EmptyWithinAsync(options.Value.DrainMax)) return;
        log.Interrupting(_live.Count);
        foreach (var live in _live.Values) live.End(EndReason.Shutdown);
        await EmptyWithinAsync(options.Value.EndGrace + TimeSpan.FromSeconds(3));
    }

    private async Task<bool> EmptyWithinAsync(TimeSpan max)
    {
        for (var from = time.GetTimestamp(); !_live.IsEmpty; await Task.Delay(TimeSpan.FromMilliseconds(20), time, CancellationToken.None))
            if (time.GetElapsedTime(from) >= max) return false;
        return true;
    }

    private async Task<(Outcome, AttemptResult?)> PassAsync(LiveExecution live)
    {
        await admission.CountedAsync(live.Request.Tenant);
        var (ticket, refusal) = admission.TryEnter(live);
        if (ticket is null && refusal is null)
        {
            // Whoever waits for long is on record while he does.
            history.Started(Snapshot(live, ExecutionStatus.Pending), live.Request.Script.VersionId, live.Request.Script.Record);
            (ticket, refusal) = await admission.WaitAsync(live);
        }

        if (ticket is null)
        {
            live.RetryAfterSeconds = refusal!.RetryAfterSeconds;
            return (Refused(live, refusal), null);
        }

        using (ticket)
        {
            var request = live.Request;
            var limits = LimitsInForce(request);
            live.Start(TimeSpan.FromMilliseconds(limits.TimeoutMs));
            history.Started(Snapshot(live, ExecutionStatus.Running), request.Script.VersionId, request.Script.Record);

            var attempt = AttemptOf(live, limits);
            var end = await live.RunAsync(ticket.Lease, attempt);
            var outcome = OutcomeClassifier.Classify(live.EndReason, end, limits, again: false);
            if (outcome.RunAgain)
            {
                live.Log.Append(time.GetUtcNow(), Protocol.Api.LogLevel.Warn, "The worker ended for another's fault; the script is run once more, alone.");
                if (await LeaseAgainAsync(live) is not { } lease)
                    return (live.EndReason == EndReason.None
                        ? Outcome.Failed(Codes.WorkerLost, "The worker process ended while the script ran, and no other was free.")
                        : OutcomeClassifier.Classify(live.EndReason, end, limits, again: true), null);
                ticket.Replace(lease);
                end = await live.RunAsync(lease, attempt with { Attempt = Worker.NextAttempt(), Alone = true });
                outcome = OutcomeClassifier.Classify(live.EndReason, end, limits, again: true);
            }

            if (outcome.Blamed) pool.Quarantine(request.Script.VersionId);
            return (outcome, end.Result);
        }
    }

    private async Task<WorkerLease?> LeaseAgainAsync(LiveExecution live)
    {
        var wait = live.WaitAtMost(options.Value.WaitMax);
        try
        {
            await Task.Delay(PauseBeforeRunningAgain, time, wait.Token);
            return await pool.LeaseAsync(new LeaseRequest(live.Request.Tenant.Id, live.Request.Script.VersionId), wait.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        finally
        {
            live.DoneWaiting(wait);
        }
    }

    private static Outcome Refused(LiveExecution live, Admission.Refusal refusal) => live.EndReason switch
    {
        EndReason.Cancelled or EndReason.CallerGone => Outcome.Cancelled,
        EndReason.Shutdown => Outcome.Failed(Codes.Interrupted, "The supervisor is stopping."),
        _ => Outcome.Failed(refusal.Code, refusal.Message),
    };

    private static ScriptLimits LimitsInForce(RunRequest request) =>
        request.TimeoutMs is { } asked && asked < request.Script.Limits.TimeoutMs ? request.Script.Limits with { TimeoutMs = asked } : request.Script.Limits;

    private static AttemptRequest AttemptOf(LiveExecution live, ScriptLimits limits) => new()
    {
        Attempt = Worker.NextAttempt(),
        VersionKey = live.Request.Script.VersionId.ToString("N"),
        Source = live.Request.Script.Source,
        InputSchema = live.Request.Script.InputSchema?.Text,
        CheckInput = live.Request.Script.InputSchema is not null && live.Request.TriggerType != TriggerType.Http,
        Constants = ContextJson.Constants(live.Request, limits),
        Context = ContextJson.Own(live),
        Input = live.Request.Input.ToString(),
        IsHttp = live.Request.Script.Kind == ScriptKind.Http,
        Isolates = limits.Concurrency,
        HeapBytesMax = limits.MemoryBytes,
        ArrayBufferBytesMax = limits.MemoryBytes,
        CpuMsMax = limits.TimeoutMs,
        OutputBytesMax = limits.OutputBytes,
    };

    private async Task<RunResult> RecordAsync(LiveExecution live, Outcome outcome, AttemptResult? result)
    {
        var now = time.GetUtcNow();
        var completed = outcome.Status == ExecutionStatus.Completed;
        var answer = completed ? result?.Output : null;
        var responded = completed && result is { Responded: true };
        var isHttp = live.Request.Script.Kind == ScriptKind.Http;
        var execution = Snapshot(live, outcome.Status) with
        {
            Code = outcome.Code,
            Error = outcome.Error,
            Output = !completed ? null : isHttp ? HttpOutput.Record(answer, responded) : answer is null ? null : new RawJson(answer),
            FinishedAt = now,
            DurationMs = live.StartedAt is null ? null : Math.Round(time.GetElapsedTime(live.StartedTimestamp).TotalMilliseconds, 3),
            CpuMs = result is null ? null : Math.Round(result.CpuMicroseconds / 1000.0, 3),
            MemoryPeakBytes = result is null ? null : Math.Max(0, result.MemoryPeakBytes),
        };
        execution = execution with { Warnings = LimitWarnings.Of(execution, LimitsInForce(live.Request), answer, live.Log.Used) };
        live.Log.Close();
        live.IsRecorded = true;
        ExecutionsMetrics.Finished(execution);
        // Not the caller's token: a record is written whoever still listens.
        await history.FinishedAsync(new ExecutionRecord(execution, live.Request.Script.VersionId, live.Request.Script.Record, live.Log.Lines), CancellationToken.None);
        return new RunResult(execution, answer, responded, live.RetryAfterSeconds);
    }

    /// <summary>The execution as it stands.</summary>
    public static Execution Snapshot(LiveExecution live, ExecutionStatus status) => new()
    {
        Id = live.Request.ExecutionId,
        TenantId = live.Request.Tenant.Id,
        ScriptId = live.Request.Script.Id,
        ScriptName = live.Request.Script.Name,
        Version = live.Request.Script.Version,
        Kind = live.Request.Script.Kind,
        Status = status,
        Input = live.Request.Input,
        Trigger = live.Request.RecordedTrigger ?? live.Request.Trigger,
        Cause = live.Request.Cause,
        CreatedAt = live.CreatedAt,
        StartedAt = live.StartedAt,
        QueueMs = Math.Round(live.QueueMs, 3),
        QueueReasons = live.QueueReasons,
        Progress = live.Progress,
    };
}
