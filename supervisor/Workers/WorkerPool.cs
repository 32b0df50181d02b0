using Microsoft.Extensions.Options;
using Sandbox.Supervisor.Workers.Launch;

namespace Sandbox.Supervisor.Workers;

/// <summary>
/// The worker processes. A slot is leased per attempt: of a worker the tenant has, else of a spare, which is bound to that
/// tenant for life; else the caller waits its turn, tenants in rotation. Keeps spares ready, grows to a maximum, ends what
/// is idle, old or large, and backs off where workers die young.
/// </summary>
internal sealed class WorkerPool : IHostedService, IAsyncDisposable
{
    private const int QuarantinedMax = 10_000;

    /// <summary>Before that many executions a worker's memory is what its isolates need, and no growth.</summary>
    private const long ServedBeforeGrowth = 100;

    private static readonly TimeSpan MeasureEvery = TimeSpan.FromSeconds(10);

    /// <summary>How long whoever ends workers waits for one that cannot be killed.</summary>
    private static readonly TimeSpan StopMax = TimeSpan.FromSeconds(5);

    /// <summary>The pool looks after its workers this often, and whenever something happens.</summary>
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(1);

    private readonly IWorkerSource _source;
    private readonly WorkersOptions _options;
    private readonly TimeProvider _time;
    private readonly WorkersLog _log;
    private readonly StartBackoff _backoff;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _wake = new(0);

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, TenantQueue> _tenants = [];
    private readonly LinkedList<TenantQueue> _turns = new();
    private readonly Queue<PooledWorker> _spares = new();
    private readonly HashSet<PooledWorker> _alive = [];
    private readonly HashSet<Guid> _quarantined = [];
    private int _starting;
    private int _number;
    private Task _maintenance = Task.CompletedTask;

    public WorkerPool(IWorkerSource source, IOptions<WorkersOptions> options, TimeProvider time, WorkersLog log)
    {
        _source = source;
        _options = options.Value;
        _time = time;
        _log = log;
        _backoff = new StartBackoff(time);
    }

    /// <summary>How the pool stands, for readiness, metrics and tests.</summary>
    public PoolState State
    {
        get
        {
            lock (_gate)
            {
                var busy = _alive.Count(w => w.Leased > 0);
                return new PoolState(_starting, _spares.Count, _alive.Count - _spares.Count - busy, busy, _tenants.Values.Sum(t => t.Waiting.Count), _backoff.Failing);
            }
        }
    }

    /// <summary>Memory and CPU time of all workers that live, as their control groups count them.</summary>
    public CgroupUsage ReadUsage()
    {
        PooledWorker[] alive;
        lock (_gate) alive = [.. _alive];
        return alive.Select(worker => worker.Worker.ReadUsage()).Aggregate(new CgroupUsage(), (sum, usage) =>
            sum with { MemoryBytes = sum.MemoryBytes + usage.MemoryBytes, CpuMicroseconds = sum.CpuMicroseconds + usage.CpuMicroseconds });
    }

    /// <summary>A slot now, or null where one must be waited for.</summary>
    public WorkerLease? TryLease(LeaseRequest request)
    {
        lock (_gate)
        {
            // Who waits already comes first, or a busy tenant's newcomers would overtake it.
            return TenantOf(request.TenantId).Waiting.Count > 0 ? null : Take(request);
        }
    }

    /// <summary>Waits for a slot until the token is cancelled, then throws.</summary>
    public async Task<WorkerLease> LeaseAsync(LeaseRequest request, CancellationToken cancellationToken)
    {
        TenantQueue.Waiter waiter;
        TenantQueue tenant;
        lock (_gate)
        {
            tenant = TenantOf(request.TenantId);
            if (tenant.Waiting.Count == 0 && Take(request) is { } lease) return lease;
            waiter = new TenantQueue.Waiter(request);
            tenant.Waiting.AddLast(waiter);
            if (tenant.Waiting.Count == 1) _turns.AddLast(tenant);
        }

        Wake();
        await using var registration = cancellationToken.UnsafeRegister(static (state, token) =>
        {
            var (pool, tenant, waiter) = ((WorkerPool, TenantQueue, TenantQueue.Waiter))state!;
            pool.GiveUp(tenant, waiter, token);
        }, (this, tenant, waiter));
        return await waiter.Granted.Task;
    }

    /// <summary>The version killed its worker: from now on it runs in a worker of its own, until it is published anew (under another id).</summary>
    public void Quarantine(Guid versionId)
    {
        lock (_gate)
        {
            if (_quarantined.Count < QuarantinedMax) _quarantined.Add(versionId);
        }
    }

    /// <summary>Ends all workers of a tenant that was suspended or deleted.</summary>
    public async Task EvictAsync(Guid tenantId)
    {
        PooledWorker[] workers;
        lock (_gate) workers = _tenants.TryGetValue(tenantId, out var tenant) ? [.. tenant.Workers] : [];
        await Task.WhenAny(
            Task.WhenAll(workers.Select(worker => worker.Worker.KillAsync(KillReason.TenantEvicted))), Task.Delay(StopMax, _time, CancellationToken.None));
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _source.InitialiseAsync(cancellationToken);
        _maintenance = MaintainAsync(_stopping.Token);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        Wake();
        await _maintenance.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        PooledWorker[] alive;
        lock (_gate) alive = [.. _alive];
        await Task.WhenAll(alive.Select(async w =>
        {
            _ = w.Worker.KillAsync(KillReason.SupervisorStops);
            await Task.WhenAny(w.Worker.Exited, Task.Delay(StopMax, _time, CancellationToken.None));
        }));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_stopping.IsCancellationRequested) await StopAsync(CancellationToken.None);
        _stopping.Dispose();
        _wake.Dispose();
    }

    internal void Release(PooledWorker worker)
    {
        lock (_gate)
        {
            worker.Leased--;
            worker.Served++;
            if (worker.Leased == 0)
            {
                worker.IdleSince = _time.GetTimestamp();
                if (worker.Served >= _options.RecycleAfterExecutions) worker.Draining = true;
                if (worker.Draining) _ = worker.Worker.KillAsync(KillReason.Recycled);
            }

            if (_turns.Count > 0) GrantTurns();
        }
    }

    private TenantQueue TenantOf(Guid tenantId)
    {
        if (!_tenants.TryGetValue(tenantId, out var tenant)) _tenants[tenantId] = tenant = new TenantQueue(tenantId);
        return tenant;
    }

    private WorkerLease? Take(LeaseRequest request)
    {
        var tenant = TenantOf(request.TenantId);
        Guid? quarantined = _quarantined.Count > 0 && _quarantined.Contains(request.VersionId) ? request.VersionId : null;
        var worker = tenant.Pick(quarantined, _options.SlotsPerWorker);
        if (worker is null)
        {
            // One that died just now is taken out of the pool when it is gone.
            while (_spares.TryDequeue(out worker) && worker.Worker.Broken)
            {
            }

            if (worker is null) return null;
            worker.Tenant = request.TenantId;
            worker.QuarantinedVersion = quarantined;
            tenant.Workers.Add(worker);
            Wake();
        }

        worker.Leased++;
        return new WorkerLease(this, worker);
    }

    /// <summary>One waiter of each tenant in rotation, until no one can be served.</summary>
    private void GrantTurns()
    {
        for (var misses = 0; misses < _turns.Count;)
        {
            var tenant = _turns.First!.Value;
            _turns.RemoveFirst();
            var waiter = tenant.Waiting.First!.Value;
            if (Take(waiter.Request) is { } lease)
            {
                misses = 0;
                tenant.Waiting.RemoveFirst();
                if (!waiter.Granted.TrySetResult(lease)) lease.Dispose();
            }
            else
            {
                misses++;
            }

            if (tenant.Waiting.Count > 0) _turns.AddLast(tenant);
        }
    }

    private void GiveUp(TenantQueue tenant, TenantQueue.Waiter waiter, CancellationToken token)
    {
        lock (_gate)
        {
            if (tenant.Waiting.Remove(waiter) && tenant.Waiting.Count == 0) _turns.Remove(tenant);
        }

        waiter.Granted.TrySetCanceled(token);
    }

    private void Wake()
    {
        if (_wake.CurrentCount == 0) _wake.Release();
    }

    private async Task MaintainAsync(CancellationToken stopping)
    {
        await using var tick = _time.CreateTimer(_ => Wake(), null, Round, Round);
        while (!stopping.IsCancellationRequested)
        {
            EndWhatIsDue();
            while (ShouldStart()) _ = StartOneAsync(stopping);
            try
            {
                await _wake.WaitAsync(stopping);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private bool ShouldStart()
    {
        lock (_gate)
        {
            if (!_backoff.MayStart) return false;
            // A waiter whose tenant has no worker with room needs one more process each, in the worst case.
            var wanted = _options.Spare + _turns.Count;
            if (_spares.Count + _starting >= wanted || _starting >= Math.Max(2, Environment.ProcessorCount)) return false;
            if (_alive.Count + _starting >= _options.Max)
            {
                EvictIdle(_turns.Count > 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(30));
                return false;
            }

            _starting++;
            return true;
        }
    }

    /// <summary>Makes room at the maximum: the tenant worker that has been idle longest goes. Its exit wakes the pool.</summary>
    private void EvictIdle(TimeSpan idleFor)
    {
        var now = _time.GetTimestamp();
        var idle = _alive.Where(w => w is { Tenant: not null, Leased: 0, Draining: false } && _time.GetElapsedTime(w.IdleSince, now) >= idleFor)
            .MinBy(w => w.IdleSince);
        if (idle is null || _alive.Any(w => w is { Draining: true, Leased: 0 })) return;
        idle.Draining = true;
        _ = idle.Worker.KillAsync(KillReason.MakingRoom);
    }

    private void EndWhatIsDue()
    {
        lock (_gate)
        {
            var now = _time.GetTimestamp();
            foreach (var worker in _alive.Where(w => w.Tenant is not null && !w.Draining))
            {
                var old = _time.GetElapsedTime(worker.Worker.StartedAt, now) >= _options.RecycleAfter;
                var idle = worker.Leased == 0 && _time.GetElapsedTime(worker.IdleSince, now) >= _options.IdleAfter;
                if (!old && !idle && !HasGrown(worker, now)) continue;
                worker.Draining = true;
                if (worker.Leased == 0) _ = worker.Worker.KillAsync(idle ? KillReason.Idle : KillReason.Recycled);
            }

            ReplaceOldSpare(now);
            foreach (var empty in _tenants.Values.Where(t => t is { Workers.Count: 0, Waiting.Count: 0 }).ToArray()) _tenants.Remove(empty.TenantId);
        }
    }

    private bool HasGrown(PooledWorker worker, long now)
    {
        if (worker.Leased > 0 || worker.Served < ServedBeforeGrowth || _time.GetElapsedTime(worker.MeasuredAt, now) < MeasureEvery) return false;
        worker.MeasuredAt = now;
        return worker.Worker.ReadUsage().MemoryBytes > worker.Worker.MemoryAdmittedBytes * _options.RecycleAtMemoryShare;
    }

    /// <summary>One at a time, and only while all others are there: a new tenant must not wait for a process.</summary>
    private void ReplaceOldSpare(long now)
    {
        if (_spares.Count < _options.Spare || _alive.Any(w => w is { Tenant: null, Draining: true })) return;
        var old = _spares.FirstOrDefault(w => _time.GetElapsedTime(w.Worker.StartedAt, now) >= _options.RecycleAfter);
        if (old is null) return;
        old.Draining = true;
        _ = old.Worker.KillAsync(KillReason.Recycled);
    }

    private async Task StartOneAsync(CancellationToken stopping)
    {
        var started = _time.GetTimestamp();
        try
        {
            var worker = await _source.StartAsync(Interlocked.Increment(ref _number), stopping);
            _log.Ready(worker.Number, _time.GetElapsedTime(started).TotalMilliseconds);
            WorkersMetrics.Starts.Inc();
            var pooled = new PooledWorker(worker) { IdleSince = _time.GetTimestamp() };
            lock (_gate)
            {
                _starting--;
                _alive.Add(pooled);
                _spares.Enqueue(pooled);
                GrantTurns();
            }

            _ = WatchAsync(pooled);
            if (stopping.IsCancellationRequested) await worker.KillAsync(KillReason.SupervisorStops);
        }
        catch (Exception e)
        {
            lock (_gate) _starting--;
            if (!stopping.IsCancellationRequested) _log.StartFailed(_backoff.Failed(), e.Message);
        }

        Wake();
    }

    private async Task WatchAsync(PooledWorker pooled)
    {
        var exit = await pooled.Worker.Exited;
        lock (_gate)
        {
            pooled.Draining = true;
            _alive.Remove(pooled);
            if (pooled.Tenant is { } tenantId && _tenants.TryGetValue(tenantId, out var tenant)) tenant.Workers.Remove(pooled);
            if (pooled.Tenant is null)
            {
                for (var n = _spares.Count; n > 0; n--)
                    if (_spares.Dequeue() is var spare && spare != pooled) _spares.Enqueue(spare);
            }
        }

        if (pooled.Tenant is null && exit.KillReason is not KillReason.Recycled && !_stopping.IsCancellationRequested) _backoff.Failed();
        else _backoff.Succeeded();
        WorkersMetrics.Ended(exit);
        await pooled.Worker.DisposeAsync();
        Wake();
    }
}
