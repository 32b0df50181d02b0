using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace Sandbox.Supervisor.Executions;

/// <summary>The executions of this node that are not final, and their end when the supervisor stops.</summary>
internal sealed class InFlight(IOptions<ExecutionsOptions> options, TimeProvider time, IHostApplicationLifetime lifetime, ExecutionsLog log) : IHostedService
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_lastWords = TimeSpan.FromSeconds(3);
    private readonly ConcurrentDictionary<Guid, InFlightExecution> _all = new();
    private volatile bool _stopping;
    private Task _drained = Task.CompletedTask;

    /// <summary>Rings where one begins or has ended.</summary>
    public ExecutionBell Bell { get; } = new();

    public InFlightExecution? Find(Guid tenantId, Guid id) => _all.TryGetValue(id, out var execution) && execution.Request.Tenant.Id == tenantId ? execution : null;

    public IEnumerable<InFlightExecution> OfTenant(Guid tenantId) => _all.Values.Where(execution => execution.Request.Tenant.Id == tenantId);

    /// <summary>Ids of those whose ledger is a queue.</summary>
    public Guid[] Durable() => [.. _all.Values.Where(execution => execution.Request.IsDurable).Select(execution => execution.Request.ExecutionId)];

    /// <summary>Ends what others may take over; how many.</summary>
    public int EndDurable() => _all.Values.Where(execution => execution.Request.IsDurable).Count(execution => execution.End(EndReason.LeaseLost));

    /// <summary>From now on it is found, and ended with the supervisor.</summary>
    public void Add(InFlightExecution execution)
    {
        _all[execution.Request.ExecutionId] = execution;
        Ring(execution);
        if (_stopping) execution.End(EndReason.Shutdown);
    }

    public void Remove(InFlightExecution execution)
    {
        _all.TryRemove(execution.Request.ExecutionId, out _);
        Ring(execution);
    }

    private void Ring(InFlightExecution execution) => Bell.Ring(execution.Request.Tenant.Id, execution.Request.Script.Id);

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
        log.Interrupting(_all.Count);
        foreach (var execution in _all.Values) execution.End(EndReason.Shutdown);
        await EmptyWithinAsync(options.Value.EndGrace + s_lastWords);
    }

    private async Task<bool> EmptyWithinAsync(TimeSpan max)
    {
        for (var from = time.GetTimestamp(); !_all.IsEmpty; await Task.Delay(s_look, time, CancellationToken.None))
            if (time.GetElapsedTime(from) >= max) return false;
        return true;
    }
}
