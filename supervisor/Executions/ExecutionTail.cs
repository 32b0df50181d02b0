using Microsoft.Extensions.Options;
using Sandbox.Protocol.Api;
using Sandbox.Protocol.Rpc;
using Sandbox.Supervisor.History;
using Sandbox.Supervisor.Workers;
using Sandbox.Supervisor.Workers.Launch;

namespace Sandbox.Supervisor.Executions;

/// <summary>
/// The tail that every execution goes through, whichever door it came by:
/// admit (quotas, concurrency, a slot of a worker) → prepare the version → run, with its deadline armed ⇒ pipe ⇒ isolate → classify → settle → release.
/// </summary>
internal sealed class ExecutionTail(Admission admission, WorkerPool pool, InFlight inFlight, IOptions<ExecutionsOptions> options, TimeProvider time, ExecutionsLog log)
{
    /// <summary>What killed a worker may be killing others (an operator, the kernel short of memory): their deaths are seen first, or the next run would go to one of them.</summary>
    private static readonly TimeSpan s_pauseBeforeRunningAgain = TimeSpan.FromMilliseconds(100);

    private static readonly Outcome s_failed = Outcome.Failed(Codes.WorkerLost, "The supervisor failed while the script ran; its log says why.");

    /// <summary>Runs it to its end. Whatever goes wrong is in the answer; the caller that cancels ends it.</summary>
    public async Task<RunResult> RunAsync(RunRequest request, DoorTerms terms, CancellationToken cancellationToken)
    {
        using var live = new LiveExecution(request, time, options.Value.EndGrace);
        inFlight.Add(live);
        try
        {
            await using var callerGone = cancellationToken.UnsafeRegister(static state => ((LiveExecution)state!).End(EndReason.CallerGone), live);
            try
            {
                var (outcome, result) = await PassAsync(live, terms);
                return await SettleAsync(live, terms, outcome, result);
            }
            catch (Exception e) when (!live.IsRecorded)
            {
                // A fault of ours: the execution is on record all the same.
                log.TailFailed(e, request.ExecutionId);
                return await SettleAsync(live, terms, s_failed, null);
            }
        }
        finally
        {
            live.Log.Close();
            inFlight.Remove(live);
        }
    }

    /// <summary>Records what may not run.</summary>
    public async Task<RunResult> RefuseAsync(RunRequest request, DoorTerms terms, string code, string message)
    {
        using var live = new LiveExecution(request, time, options.Value.EndGrace);
        return await SettleAsync(live, terms, Outcome.Failed(code, message), null);
    }

    private async Task<(Outcome, AttemptResult?)> PassAsync(LiveExecution live, DoorTerms terms)
    {
        var (ticket, refusal) = await AdmitAsync(live, terms);
        if (ticket is null)
        {
            live.RetryAfterSeconds = refusal!.RetryAfterSeconds;
            return (Refused(live, refusal.Code, refusal.Message), null);
        }

        using (ticket)
        {
            var limits = Invocations.LimitsInForce(live.Request);
            if (!await PrepareAsync(live, ticket, limits)) return (Refused(live, Codes.Overloaded, "No worker made the script ready in time."), null);
            live.Start(TimeSpan.FromMilliseconds(limits.TimeoutMs));
            terms.Ledger.Running(live);
            var (outcome, result) = await InvokeAsync(live, ticket, limits);
            if (outcome.Blamed) pool.Quarantine(live.Request.Script.VersionId);
            return (outcome, result);
        }
    }

    private async Task<(Admission.Ticket? Ticket, Admission.Refusal? Refusal)> AdmitAsync(LiveExecution live, DoorTerms terms)
    {
        await admission.CountedAsync(live.Request.Tenant);
        var entry = admission.TryEnter(live);
        if (entry.Ticket is not null || entry.Refusal is not null) return entry;
        // Whoever waits for long is on record while he does.
        terms.Ledger.Waiting(live);
        return await admission.WaitAsync(live);
    }

    /// <summary>To make an isolate is not the script's time: a worker that has not run the version before does it first. False where it is ended meanwhile.</summary>
    private async Task<bool> PrepareAsync(LiveExecution live, Admission.Ticket ticket, ScriptLimits limits)
    {
        var worker = ticket.Lease.Worker;
        if (worker.Knows(live.Request.Script.VersionId.ToString("N"))) return true;
        var wait = live.WaitAtMost(options.Value.WaitMax);
        try
        {
            await worker.PrepareAsync(Invocations.Preparation(live.Request, limits)).WaitAsync(wait.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            if (live.EndReason == EndReason.None) await worker.KillAsync(KillReason.Protocol, "it did not make a version ready");
            return false;
        }
        finally
        {
            live.DoneWaiting(wait);
        }
    }

    /// <summary>One invocation, or two: who was in a worker that fell for another's fault is run once more, alone.</summary>
    private async Task<(Outcome, AttemptResult?)> InvokeAsync(LiveExecution live, Admission.Ticket ticket, ScriptLimits limits)
    {
        var invocation = Invocations.Of(live, limits);
        var end = await live.RunAsync(ticket.Lease, invocation);
        var outcome = OutcomeClassifier.Classify(live.EndReason, end, limits, again: false);
        if (!outcome.RunAgain) return (outcome, end.Result);

        live.Log.Append(time.GetUtcNow(), Protocol.Api.LogLevel.Warn, "The worker ended for another's fault; the script is run once more, alone.");
        if (await LeaseAgainAsync(live) is not { } lease)
        {
            return (live.EndReason == EndReason.None
                ? Outcome.Failed(Codes.WorkerLost, "The worker process ended while the script ran, and no other was free.")
                : OutcomeClassifier.Classify(live.EndReason, end, limits, again: true), null);
        }

        ticket.Replace(lease);
        end = await live.RunAsync(lease, invocation with { Attempt = Worker.NextAttempt(), Alone = true });
        return (OutcomeClassifier.Classify(live.EndReason, end, limits, again: true), end.Result);
    }

    private async Task<WorkerLease?> LeaseAgainAsync(LiveExecution live)
    {
        var wait = live.WaitAtMost(options.Value.WaitMax);
        try
        {
            await Task.Delay(s_pauseBeforeRunningAgain, time, wait.Token);
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

    private static Outcome Refused(LiveExecution live, string code, string message) => live.EndReason switch
    {
        EndReason.Cancelled or EndReason.CallerGone => Outcome.Cancelled,
        EndReason.Shutdown => Outcome.Failed(Codes.Interrupted, "The supervisor is stopping."),
        EndReason.None or EndReason.Deadline => Outcome.Failed(code, message),
        _ => throw new InvalidOperationException($"No reason {live.EndReason}."),
    };

    private async Task<RunResult> SettleAsync(LiveExecution live, DoorTerms terms, Outcome outcome, AttemptResult? result)
    {
        var completed = outcome.Status == ExecutionStatus.Completed;
        var answer = completed ? result?.Output : null;
        var responded = completed && result is { Responded: true };
        var execution = Final(live, outcome, result, answer, responded);
        live.Log.Close();
        live.IsRecorded = true;
        ExecutionsMetrics.Finished(execution);
        await terms.Ledger.SettleAsync(new ExecutionRecord(execution, live.Request.Script.VersionId, live.Request.Script.Record, live.Log.Lines));
        return new RunResult(execution, answer, responded, live.RetryAfterSeconds);
    }

    private Execution Final(LiveExecution live, Outcome outcome, AttemptResult? result, string? answer, bool responded)
    {
        var isHttp = live.Request.Script.Kind == ScriptKind.Http;
        var execution = live.Snapshot(outcome.Status) with
        {
            Code = outcome.Code,
            Error = outcome.Error,
            Output = outcome.Status != ExecutionStatus.Completed ? null : isHttp ? HttpOutput.Record(answer, responded) : answer is null ? null : new RawJson(answer),
            FinishedAt = time.GetUtcNow(),
            DurationMs = live.StartedAt is null ? null : Math.Round(time.GetElapsedTime(live.StartedTimestamp).TotalMilliseconds, 3),
            CpuMs = result is null ? null : Math.Round(result.CpuMicroseconds / 1000.0, 3),
            MemoryPeakBytes = result is null ? null : Math.Max(0, result.MemoryPeakBytes),
        };
        return execution with { Warnings = LimitWarnings.Of(execution, Invocations.LimitsInForce(live.Request), answer, live.Log.Used) };
    }
}
