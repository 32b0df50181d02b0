using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Sandbox.Supervisor.Workers;

namespace Sandbox.Tests.Unit.Workers;

/// <summary>The product's pool over workers without processes, on a clock that stands until the test moves it.</summary>
internal sealed class PoolRig : IAsyncDisposable
{
    private PoolRig(WorkersOptions options)
    {
        Source = new FakeWorkerSource(Time);
        Pool = new WorkerPool(Source, Options.Create(options), Time, new WorkersLog(NullLogger<WorkersLog>.Instance));
    }

    public FakeTimeProvider Time { get; } = new();
    public FakeWorkerSource Source { get; }
    public WorkerPool Pool { get; }

    /// <summary>Starts the pool and waits for its spares.</summary>
    public static async Task<PoolRig> StartAsync(WorkersOptions options)
    {
        var rig = Create(options);
        await rig.Pool.StartAsync(TestContext.Current.CancellationToken);
        await rig.UntilAsync(state => state.Spare == options.Spare);
        return rig;
    }

    /// <summary>A pool that is not started; the test decides its starts.</summary>
    public static PoolRig Create(WorkersOptions options) => new(options);

    public Task<WorkerLease> LeaseAsync(Guid tenantId, Guid versionId = default, CancellationToken cancellationToken = default) =>
        Pool.LeaseAsync(new LeaseRequest(tenantId, versionId), cancellationToken);

    public WorkerLease? TryLease(Guid tenantId, Guid versionId = default) => Pool.TryLease(new LeaseRequest(tenantId, versionId));

    /// <summary>Waits until what runs in the pool has led to this state; the clock stands.</summary>
    public Task UntilAsync(Func<PoolState, bool> reached) => UntilAsync(() => reached(Pool.State));

    public static async Task UntilAsync(Func<bool> reached)
    {
        while (!reached())
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    /// <summary>Moves the clock and waits for the round that follows.</summary>
    public async Task AdvanceAsync(TimeSpan by)
    {
        Time.Advance(by);
        await UntilAsync(() => Pool.SinceRound == TimeSpan.Zero);
    }

    public ValueTask DisposeAsync() => Pool.DisposeAsync();

    public static FakePoolWorker Of(WorkerLease lease) => (FakePoolWorker)lease.Worker;
}
