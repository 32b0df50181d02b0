using Microsoft.Extensions.Options;
using Sandbox.Protocol.Api;
using Sandbox.Protocol.Rpc;
using Sandbox.Supervisor.Broker;
using Sandbox.Supervisor.History;
using Sandbox.Supervisor.Workers;
using Sandbox.Supervisor.Workers.Launch;

namespace Sandbox.Supervisor.Executions;

/// <summary>
/// The tail that every execution goes through, whichever door it came by:
/// admit (quotas, concurrency, a slot of a worker) → prepare the version → run, with its deadline armed ⇒ pipe ⇒ isolate → classify → settle → release.
/// </summary>
internal sealed class ExecutionTail(Admission admission, WorkerPool pool, CallBroker broker, InFlight inFlight, IOptions<ExecutionsOptions> options, TimeProvider time, ExecutionsLog log)
{
    /// <summary>What killed a worker may be killing others (an operator, the kernel short of memory): their deaths are seen first, or the next run would go to one of them.</summary>
    private static readonly TimeSpan s_pauseBeforeRunningAgain = TimeSpan.FromMilliseconds(100);

    private static readonly Outcome s_failed = Outcome.Failed(Codes.WorkerLost, "The supervisor failed while the script ran; its log says why.");

    /// <summary>Runs it to its end. Whatever goes wrong is in the answer; the caller that cancels ends it.</summary>
    public async Task<RunResult> RunAsync(RunRequest request, DoorTerms terms, CancellationToken cancellationToken)
    {
        using var execution = new InFlightExecution(request, time, options.Value.EndGrace, broker, terms.Parent);
        inFlight.Add(execution);
        try
        {
            await using var callerGone = cancellationToken.UnsafeRegister(static state => ((InFlightExecution)state!).EndWithCaller(), execution);
            try
            {
                var (outcome, result) = await PassAsync(execution, terms);
                return execution.StartedAt is null && outcome != Outcome.Cancelled && await terms.Ledger.TakeBackAsync(execution, outcome.Code)
                    ? new RunResult(execution.Snapshot(ExecutionStatus.Pending), null, Responded: false)
                    : await SettleAsync(execution, terms, outcome, result);
            }
            catch (Exception e) when (!execution.IsRecorded)
            {
                // A fault of ours: the execution is on record all the same.
                log.TailFailed(e, request.ExecutionId);
                return await SettleAsync(execution, terms, s_failed, null);
            }
        }
        finally
        {
            execution.Log.Close();
            inFlight.Remove(execution);
        }
    }

    /// <summary>Records what may not run.</summary>
    public async Task<RunResult> RefuseAsync(RunRequest request, DoorTerms terms, string code, string message)
    {
        using var execution = new InFlightExecution(request, time, options.Value.EndGrace, broker);
        var result = await SettleAsync(execution, terms, Outcome.Failed(code, message), null);
        inFlight.Bell.Ring(request.Tenant.Id, request.Script.Id);
        return result;
    }

    private async Task<(Outcome, InvocationResult?)> PassAsync(InFlightExecution execution, DoorTerms terms)
    {
        var (ticket, refusal) = await AdmitAsync(execution, terms);
        if (ticket is null)
        {
            execution.RetryAfterSeconds = refusal!.RetryAfterSeconds;
            return (Refused(execution, refusal.Code, refusal.Message), null);
        }

        using (ticket)
        {
            var limits = Invocations.LimitsInForce(execution.Request);
            if (execution.Left == TimeSpan.Zero) return (Refused(execution, Codes.Timeout, "Its time was over before it ran."), null);
            if (!await PrepareAsync(execution, terms, ticket.Worker, limits)) return (Refused(execution, Codes.Overloaded, "No worker made the script ready in time."), null);
            if (execution.Left is { } left) limits = limits with { TimeoutMs = Math.Clamp((int)left.TotalMilliseconds, 1, limits.TimeoutMs) };
            execution.Start(TimeSpan.FromMilliseconds(limits.TimeoutMs));
            terms.Ledger.Running(execution);
            var (outcome, result) = await InvokeAsync(execution, ticket, limits, nested: terms.Parent is not null);
            if (outcome.Blamed) pool.Quarantine(execution.Request.Script.VersionId);
            return (outcome, result);
        }
    }

    private async Task<(Admission.Ticket? Ticket, Admission.Refusal? Refusal)> AdmitAsync(InFlightExecution execution, DoorTerms terms)
    {
        await admission.CountedAsync(execution.Request.Tenant);
        if (terms.Parent is { } parent)
        {
            return parent.Worker is { } worker
                ? admission.EnterWithin(execution, worker)
                : (null, new Admission.Refusal(Codes.NotAllowed, "The execution that made it has ended.", 1));
        }

        var entry = admission.TryEnter(execution);
        if (entry.Ticket is not null || entry.Refusal is not null) return entry;
        // Whoever waits for long is on record while he does.
        terms.Ledger.Waiting(execution);
        return await admission.WaitAsync(execution, terms.WaitMax);
    }

    /// <summary>
    /// To make an isolate is not the script's time: a worker that has not run the version before does it first. False where it is ended
    /// meanwhile, or its caller waits no longer.
    /// </summary>
    private async Task<bool> PrepareAsync(InFlightExecution execution, DoorTerms terms, IPoolWorker worker, ScriptLimits limits)
    {
        if (worker.Knows(execution.Request.Script.VersionId.ToString("N"))) return true;
        var max = options.Value.WaitMax;
        var wait = execution.WaitAtMost(execution.Left is { } left && left < max ? left : terms.WaitMax == Timeout.InfiniteTimeSpan ? terms.WaitMax : max);
        try
        {
            await worker.PrepareAsync(Invocations.Preparation(execution.Request, limits), max).WaitAsync(wait.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        finally
        {
            execution.DoneWaiting(wait);
        }
    }

    /// <summary>
    /// One invocation, or two: who was in a worker that fell for another's fault is run once more, alone, unless it changed something or belongs to an execution
    /// that fell with it.
    /// </summary>
    private async Task<(Outcome, InvocationResult?)> InvokeAsync(InFlightExecution execution, Admission.Ticket ticket, ScriptLimits limits, bool nested)
    {
        var invocation = Invocations.Of(execution, limits);
        var end = await execution.RunAsync(ticket.Worker, invocation);
        var outcome = OutcomeClassifier.Classify(execution.EndReason, end, limits, again: false, changed: nested || execution.Calls?.HasChanged == true);
        if (!outcome.RunAgain) return (outcome, end.Result);

        execution.Log.Append(time.GetUtcNow(), Protocol.Api.LogLevel.Warn, "The worker ended for another's fault; the script is run once more, alone.");
        if (await LeaseAgainAsync(execution) is not { } lease)
        {
            return (execution.EndReason == EndReason.None
                ? Outcome.Failed(Codes.WorkerLost, "The worker process ended while the script ran, and no other was free.")
                : OutcomeClassifier.Classify(execution.EndReason, end, limits, again: true, changed: true), null);
        }

        ticket.Replace(lease);
        end = await execution.RunAsync(lease.Worker, invocation with { Invocation = Worker.NextInvocation(), Alone = true });
        return (OutcomeClassifier.Classify(execution.EndReason, end, limits, again: true, changed: true), end.Result);
    }

    private async Task<WorkerLease?> LeaseAgainAsync(InFlightExecution execution)
    {
        var wait = execution.WaitAtMost(options.Value.WaitMax);
        try
        {
            await Task.Delay(s_pauseBeforeRunningAgain, time, wait.Token);
            return await pool.LeaseAsync(new LeaseRequest(execution.Request.Tenant.Id, execution.Request.Script.VersionId), wait.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        finally
        {
            execution.DoneWaiting(wait);
        }
    }

    private static Outcome Refused(InFlightExecution execution, string code, string message) => execution.EndReason switch
    {
        EndReason.Cancelled or EndReason.CallerGone or EndReason.ParentGone => Outcome.Cancelled,
        EndReason.Shutdown => Outcome.Failed(Codes.Interrupted, "The supervisor is stopping."),
        EndReason.Evicted => Outcome.Failed(Codes.Interrupted, "The tenant was suspended before the script ran."),
        EndReason.LeaseLost => Outcome.Failed(Codes.Interrupted, "The supervisor lost the database before the script ran."),
        EndReason.None or EndReason.Deadline => Outcome.Failed(code, message),
        _ => throw new InvalidOperationException($"No reason {execution.EndReason}."),
    };

    private async Task<RunResult> SettleAsync(InFlightExecution execution, DoorTerms terms, Outcome outcome, InvocationResult? result)
    {
        var completed = outcome.Status == ExecutionStatus.Completed;
        var answer = completed ? result?.Output : null;
        var responded = completed && result is { Responded: true };
        var final = Final(execution, outcome, result, answer, responded);
        execution.Log.Close();
        execution.IsRecorded = true;
        ExecutionsMetrics.Finished(final);
        var script = execution.Request.Script;
        var calls = execution.Calls?.Records ?? [];
        await terms.Ledger.SettleAsync(new ExecutionRecord(final, script.VersionId, script.Record, execution.Log.Lines) { Calls = calls, Retryable = outcome.Retryable });
        return new RunResult(final, answer, responded, execution.RetryAfterSeconds);
    }

    private Execution Final(InFlightExecution execution, Outcome outcome, InvocationResult? result, string? answer, bool responded)
    {
        var isHttp = execution.Request.Script.Kind == ScriptKind.Http;
        var output = outcome.Status != ExecutionStatus.Completed ? null : isHttp ? HttpOutput.Record(answer, responded).Text : answer;
        var final = execution.Snapshot(outcome.Status) with
        {
            Code = outcome.Code,
            Error = outcome.Error is { } error ? Masked(error, execution.Mask) : null,
            Output = output is null ? null : new RawJson(execution.Mask.ApplyToJson(output)),
            FinishedAt = time.GetUtcNow(),
            DurationMs = execution.StartedAt is null ? null : Math.Round(time.GetElapsedTime(execution.StartedTimestamp).TotalMilliseconds, 3),
            CpuMs = result is null ? null : Math.Round(result.CpuMicroseconds / 1000.0, 3),
            MemoryPeakBytes = result is null ? null : Math.Max(0, result.MemoryPeakBytes),
        };
        return final with { Warnings = LimitWarnings.Of(final, Invocations.LimitsInForce(execution.Request), answer, execution.Log.Used) };
    }

    private static ExecutionError Masked(ExecutionError error, SecretMask mask) => error with
    {
        Message = mask.Apply(error.Message, wasCut: error.Message.Length >= OutcomeClassifier.MessageMax),
        Name = error.Name is null ? null : mask.Apply(error.Name, wasCut: error.Name.Length >= OutcomeClassifier.NameMax),
        Stack = error.Stack is null ? null : mask.Apply(error.Stack, wasCut: error.Stack.Length >= OutcomeClassifier.MessageMax),
    };
}
