using System.Collections.Concurrent;
using Sandbox.Supervisor.Tenants;

namespace Sandbox.Tests.Integration.Changes;

/// <summary>Stands in for what runs: nothing does, and what is ended is written down.</summary>
internal sealed class CountedEvictions : ITenantEviction
{
    private readonly TaskCompletionSource<Guid> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ConcurrentQueue<Guid> Evicted { get; } = [];

    /// <summary>The tenant whose executions were ended first.</summary>
    public Task<Guid> First => _first.Task;

    public Task EvictAsync(Guid tenantId)
    {
        Evicted.Enqueue(tenantId);
        _first.TrySetResult(tenantId);
        return Task.CompletedTask;
    }
}
