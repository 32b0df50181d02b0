using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace Sandbox.Supervisor.Executions;

/// <summary>The executions of this node that are not final, and their end when the supervisor stops.</summary>
internal sealed class InFlight(IOptions<ExecutionsOptions> options, TimeProvider time, IHostApplicationLifetime lifetime, ExecutionsLog log) : IHostedService
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_lastWords = TimeSpan.FromSeconds(3);
    private readonly ConcurrentDictionary<Guid, LiveExecution> _all = new();
    private volatile bool _stopping;
    private Task _drained = Task.CompletedTask;

    public LiveExecution? Find(Guid tenantId, Guid id) => _all.TryGetValue(id, out var live) && live.Request.Tenant.Id == tenantId ? live : null;

    public IEnumerable<LiveExecution> OfTenant(Guid tenantId) => _all.Values.Where(live => live.Request.Tenant.Id == tenantId);

    /// <summary>From now on it is found, and ended with the supervisor.</summary>
    public void Add(LiveExecution live)
    {
        _all[live.Request.ExecutionId] = live;
        if (_stopping) live.End(EndReason.Shutdown);
    }

    public void Remove(LiveExecution live) => _all.TryRemove(live.Request.ExecutionId, out _);

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
        foreach (var live in _all.Values) live.End(EndReason.Shutdown);
        await EmptyWithinAsync(options.Value.EndGrace + s_lastWords);
    }

    private async Task<bool> EmptyWithinAsync(TimeSpan max)
    {
        for (var from = time.GetTimestamp(); !_all.IsEmpty; await Task.Delay(s_look, time, CancellationToken.None))
            if (time.GetElapsedTime(from) >= max) return false;
        return true;
    }
}
