using Microsoft.Extensions.Options;
using Sandbox.Supervisor.Workers.Launch;

namespace Sandbox.Supervisor.Workers;

/// <summary>
/// The worker processes. A slot is leased per invocation: of a worker the tenant has, else of a spare, which is bound to that
/// tenant for life; else the caller waits its turn, tenants in rotation. Keeps spares ready, grows to a maximum, ends what
/// is idle, old or large, and backs off where workers die young.
/// </summary>
internal sealed class WorkerPool : IHostedService, IAsyncDisposable
{
    private const int QuarantinedMax = 10_000;

    /// <summary>How long whoever ends workers waits for one that cannot be killed.</summary>
    private static readonly TimeSpan StopMax = TimeSpan.FromSeconds(5);

    /// <summary>The pool looks after its workers this often, and whenever something happens.</summary>
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(1);

    private readonly IWorkerSource _source;
    private readonly WorkersOptions _options;
    private readonly TimeProvider _time;
    private readonly WorkersLog _log;
    private readonly StartBackoff _backoff;
    private readonly RetirementRules _rules;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _wake = new(0);
    private readonly ITimer _retry;

    private readonly Lock _gate = new();
    private readonly WaitingLine _line = new();
    private readonly WorkerRoster _roster;
    private readonly HashSet<Guid> _quarantined = [];
    private readonly HashSet<Task> _starts = [];
    private int _starting;
    private int _number;
    private long _roundAt;
    private Task _maintenance = Task.CompletedTask;

    public WorkerPool(IWorkerSource source, IOptions<WorkersOptions> options, TimeProvider time, WorkersLog log)
    {
        _source = source;
        _options = options.Value;
        _time = time;
        _log = log;
        _backoff = new StartBackoff(time);
        _rules = new RetirementRules(_options, time);
        _roster = new WorkerRoster(_options.SlotsPerWorker);
        _roundAt = time.GetTimestamp();
        _retry = time.CreateTimer(static pool => ((WorkerPool)pool!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How the pool stands, for readiness, metrics and tests.</summary>
    public PoolState State
    {
        get
        {
            lock (_gate)
            {
                var busy = _roster.All.Count(w => w.Leased > 0);
                return new PoolState(_starting, _roster.Spares.Count, _roster.All.Count - _roster.Spares.Count - busy, busy, _line.Waiters, _backoff.Failing)
                {
                    TenantsServed = _roster.Tenants,
                    TenantsWaiting = _line.Tenants,
                };
            }
        }
    }

    /// <summary>Time since the pool last looked after its workers; a second at most while its loop is alive.</summary>
    public TimeSpan SinceRound => _time.GetElapsedTime(Volatile.Read(ref _roundAt));

    /// <summary>Memory and CPU time of all workers that live, as their control groups count them.</summary>
    public CgroupUsage ReadUsage()
    {
        PooledWorker[] alive;
        lock (_gate) alive = [.. _roster.All];
        return alive.Select(worker => worker.Worker.ReadUsage()).Aggregate(new CgroupUsage(), (sum, usage) =>
            sum with { MemoryBytes = sum.MemoryBytes + usage.MemoryBytes, CpuMicroseconds = sum.CpuMicroseconds + usage.CpuMicroseconds });
    }

    /// <summary>A slot now, or null where one must be waited for.</summary>
    public WorkerLease? TryLease(LeaseRequest request)
    {
        // Whoever waits already comes first, or a busy tenant's newcomers would overtake it.
        lock (_gate) return _line.Has(request.TenantId) ? null : Take(request);
    }

    /// <summary>Waits for a slot until the token is cancelled, then throws. A slot that is granted in the same moment is returned.</summary>
    public async Task<WorkerLease> LeaseAsync(LeaseRequest request, CancellationToken cancellationToken)
    {
        LeaseWaiter waiter;
        lock (_gate)
        {
            if (!_line.Has(request.TenantId) && Take(request) is { } lease) return lease;
            waiter = _line.Add(request);
        }

        Wake();
        await using var registration = cancellationToken.UnsafeRegister(static (state, token) =>
        {
            var (pool, waiter) = ((WorkerPool, LeaseWaiter))state!;
            pool.GiveUp(waiter, token);
        }, (this, waiter));
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
        lock (_gate)
        {
            workers = [.. _roster.OfTenant(tenantId)];
            foreach (var worker in workers) _roster.Drain(worker, _time.GetTimestamp());
        }

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
        await _maintenance.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Task[] starts;
        PooledWorker[] alive;
        lock (_gate) (starts, alive) = ([.. _starts], [.. _roster.All]);
        foreach (var worker in alive) _ = worker.Worker.KillAsync(KillReason.SupervisorStops);
        await Task.WhenAny(Task.WhenAll(alive.Select(worker => (Task)worker.Worker.Exited).Concat(starts)), Task.Delay(StopMax, _time, CancellationToken.None));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_stopping.IsCancellationRequested) await StopAsync(CancellationToken.None);
        await _retry.DisposeAsync();
        _stopping.Dispose();
        _wake.Dispose();
    }

    internal void Release(PooledWorker worker)
    {
        bool over, wake;
        lock (_gate)
        {
            var now = _time.GetTimestamp();
            worker.Leased--;
            if (++worker.Served == 1 && !worker.Worker.Broken) _backoff.Served(worker.Worker.StartedAt);
            if (worker.Leased == 0) worker.IdleSince = now;
            if (_rules.HasServedEnough(worker)) _roster.Drain(worker, now);
            over = worker is { Leased: 0, Draining: true };
            _line.Serve(Take);
            // An idle worker can make room for another tenant, and a draining one needs a successor.
            wake = _line.Waiters > 0 && (worker.Leased == 0 || worker.Draining);
        }

        if (over) _ = worker.Worker.KillAsync(KillReason.Recycled);
        if (wake) Wake();
    }

    private WorkerLease? Take(LeaseRequest request)
    {
        var spares = _roster.Spares.Count;
        var worker = _roster.Take(request.TenantId, _quarantined.Contains(request.VersionId) ? request.VersionId : null);
        if (_roster.Spares.Count < spares) Wake();
        return worker is null ? null : new WorkerLease(this, worker);
    }

    private void GiveUp(LeaseWaiter waiter, CancellationToken token)
    {
        // Once it is out of the line nobody else can complete it.
        lock (_gate) if (!_line.Remove(waiter)) return;
        waiter.Granted.SetCanceled(token);
    }

    private void Wake()
    {
        if (!_stopping.IsCancellationRequested && _wake.CurrentCount == 0) _wake.Release();
    }

    private async Task MaintainAsync(CancellationToken stopping)
    {
        await using var tick = _time.CreateTimer(static pool => ((WorkerPool)pool!).Wake(), this, Round, Round);
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var now = _time.GetTimestamp();
                EndWhatIsDue(now);
                while (MayStartOne()) Start(stopping);
                Volatile.Write(ref _roundAt, now);
            }
            catch (Exception e)
            {
                // The next round tries again: a pool that nobody looks after would serve until its workers are gone.
                _log.RoundFailed(e);
            }

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

    private bool MayStartOne()
    {
        PooledWorker? evicted;
        lock (_gate)
        {
            // A waiter whose tenant has no worker with room needs one more process each, in the worst case.
            if (_roster.Spares.Count + _starting >= _options.Spare + _line.Tenants)
            {
                if (_starting == 0) _backoff.Complete();
                return false;
            }

            // In a crash loop one try at a time, or each would count for several.
            if (!_backoff.MayStart || _starting >= (_backoff.Failing ? 1 : Math.Max(2, Environment.ProcessorCount))) return false;
            if (_roster.All.Count + _starting < _options.Max)
            {
                _starting++;
                return true;
            }

            evicted = EvictIdle(_time.GetTimestamp(), _line.Tenants > 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(30));
        }

        if (evicted is not null) _ = evicted.Worker.KillAsync(KillReason.MakingRoom);
        return false;
    }

    /// <summary>Makes room at the maximum: the tenant worker that has been idle longest goes, one at a time. Its exit wakes the pool.</summary>
    private PooledWorker? EvictIdle(long now, TimeSpan idleFor)
    {
        // One that the kernel does not let go of must not keep the others.
        if (_roster.All.Any(w => w is { Draining: true, Leased: 0 } && _time.GetElapsedTime(w.DrainingSince, now) < StopMax)) return null;
        var idle = _roster.All.Where(w => w is { Tenant: not null, Leased: 0, Draining: false } && _time.GetElapsedTime(w.IdleSince, now) >= idleFor)
            .MinBy(w => w.IdleSince);
        if (idle is not null) _roster.Drain(idle, now);
        return idle;
    }

    private void EndWhatIsDue(long now)
    {
        List<(PooledWorker Worker, KillReason Reason)> due = [];
        lock (_gate)
        {
            foreach (var worker in _roster.All)
                if (worker is { Tenant: not null, Draining: false } && _rules.Of(worker, now) is { } reason) due.Add((worker, reason));
            if (OldSpare(now) is { } spare) due.Add((spare, KillReason.Recycled));
            foreach (var (worker, _) in due) _roster.Drain(worker, now);
            due.RemoveAll(d => d.Worker.Leased > 0);
        }

        foreach (var (worker, reason) in due) _ = worker.Worker.KillAsync(reason);
    }

    /// <summary>One at a time, and only while all others are there: a new tenant must not wait for a process.</summary>
    private PooledWorker? OldSpare(long now) =>
        _roster.Spares.Count < _options.Spare || _roster.All.Any(w => w is { Tenant: null, Draining: true })
            ? null
            : _roster.Spares.FirstOrDefault(w => _rules.IsOld(w, now));

    private void Start(CancellationToken stopping)
    {
        var start = StartOneAsync(stopping);
        lock (_gate)
        {
            _starts.RemoveWhere(s => s.IsCompleted);
            _starts.Add(start);
        }
    }

    private async Task StartOneAsync(CancellationToken stopping)
    {
        var started = _time.GetTimestamp();
        IPoolWorker worker;
        try
        {
            worker = await _source.StartAsync(Interlocked.Increment(ref _number), stopping);
        }
        catch (Exception e)
        {
            TimeSpan delay;
            lock (_gate)
            {
                _starting--;
                delay = stopping.IsCancellationRequested ? TimeSpan.Zero : RetryAfterFailure();
            }

            if (!stopping.IsCancellationRequested) _log.StartFailed(delay, e.Message);
            Wake();
            return;
        }

        _log.Ready(worker.Number, _time.GetElapsedTime(started).TotalMilliseconds);
        WorkersMetrics.Starts.Inc();
        var pooled = new PooledWorker(worker) { IdleSince = _time.GetTimestamp() };
        lock (_gate)
        {
            _starting--;
            _roster.Add(pooled);
            if (!stopping.IsCancellationRequested) _line.Serve(Take);
        }

        var gone = WatchAsync(pooled);
        if (stopping.IsCancellationRequested)
        {
            _ = worker.KillAsync(KillReason.SupervisorStops);
            await gone;
        }

        Wake();
    }

    private async Task WatchAsync(PooledWorker pooled)
    {
        var exit = await pooled.Worker.Exited;
        lock (_gate)
        {
            _roster.Drain(pooled, _time.GetTimestamp());
            _roster.Remove(pooled);
            if (pooled.Tenant is null && exit.KillReason is not KillReason.Recycled && !_stopping.IsCancellationRequested) RetryAfterFailure();
            else _backoff.Served(pooled.Worker.StartedAt);
        }

        WorkersMetrics.Ended(exit);
        await pooled.Worker.DisposeAsync();
        Wake();
    }

    private TimeSpan RetryAfterFailure()
    {
        var delay = _backoff.Failed();
        if (delay > TimeSpan.Zero) _retry.Change(delay, Timeout.InfiniteTimeSpan);
        return delay;
    }
}
