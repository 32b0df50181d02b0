using Microsoft.Extensions.Options;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Executions;
using Sandbox.Supervisor.Scripts;
using Sandbox.Supervisor.Tenants;

namespace Sandbox.Supervisor.Queue;

/// <summary>
/// Takes due work from the queue and gives it to the tail: look which scripts have due work → divide the free slots → claim → run.
/// Work of a paused script or a suspended tenant is left where it is.
/// </summary>
internal sealed class Dispatcher(
    QueueStore store, Node node, LaneShares shares, LaneWaits waits, Attempts attempts, Admission admission, ScriptCache scripts, TenantDirectory tenants,
    DispatchSignal signal, IHostApplicationLifetime lifetime, IOptions<QueueOptions> options, TimeProvider time, ILogger<Dispatcher> logger) : BackgroundService
{
    private static readonly TimeSpan s_pauseAfterFault = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longLook = TimeSpan.FromMilliseconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The stop begins for the dispatcher when it begins for the product: what it claimed then would only be handed back.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        await StartedAsync(stop.Token);
        while (!stop.IsCancellationRequested)
        {
            var wait = s_pauseAfterFault;
            var began = time.GetTimestamp();
            try
            {
                wait = await RoundAsync(stop.Token);
            }
            catch (Exception e) when (!stop.IsCancellationRequested)
            {
                QueueLog.RoundFailed(logger, e);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            // Looking takes time where work of many scripts waits: at most half of the time is looked.
            var looked = time.GetElapsedTime(began);
            if (looked > s_longLook) await Task.Delay(looked, time, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await signal.WaitAsync(wait, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task StartedAsync(CancellationToken cancellationToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>How long there is nothing to do, unless the signal is set.</summary>
    private async Task<TimeSpan> RoundAsync(CancellationToken cancellationToken)
    {
        var poll = options.Value.Poll;
        if (!node.HoldsLease || node.Id is not { } nodeId) return poll;
        var (lanes, now) = await store.LanesAsync(cancellationToken);
        var due = new List<(Lane Lane, int ScriptFree, int TenantFree)>();
        foreach (var lane in lanes.Where(lane => lane.DueAt <= now))
            if (await FreeAsync(lane, cancellationToken) is { } free) due.Add((lane, free.Script, free.Tenant));

        var slots = options.Value.InFlightMax - attempts.Count;
        var taken = shares.Divide(due, slots);
        if (taken.Count > 0)
        {
            var claimed = await store.ClaimAsync(nodeId, taken, cancellationToken);
            foreach (var item in claimed) attempts.Start(item, waits.Of(item.Item.ScriptId, item.Waited));
            // A claim that got all that it asked for may have left more.
            if (claimed.Count == taken.Sum(one => one.Take) && attempts.Count < options.Value.InFlightMax) signal.Set();
        }

        foreach (var (lane, script, tenant) in due) waits.Note(lane.ScriptId, script == 0 ? WaitReason.Script : tenant == 0 ? WaitReason.Tenant : slots <= 0 ? WaitReason.Node : null);
        waits.Keep([.. due.Select(one => one.Lane.ScriptId)]);
        var next = lanes.Where(lane => lane.DueAt > now).Select(lane => lane.DueAt - now).DefaultIfEmpty(poll).Min();
        return next < poll ? next : poll;
    }

    /// <summary>How many more may run now; null where the work is held. A script that is gone is not: its work must end.</summary>
    private async ValueTask<(int Script, int Tenant)?> FreeAsync(Lane lane, CancellationToken cancellationToken)
    {
        if (tenants.ById(lane.TenantId) is not { Suspended: false } tenant) return null;
        if (await scripts.GetAsync(lane.TenantId, lane.ScriptId, cancellationToken) is not { } script) return (1, 1);
        if (script.Paused) return null;
        return admission.Free(tenant, script);
    }
}
