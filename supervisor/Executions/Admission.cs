using Microsoft.Extensions.Options;
using Npgsql;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Workers;

namespace Sandbox.Supervisor.Executions;

/// <summary>
/// What stands between a request and a worker: the tenant's quotas, the script's and the tenant's concurrency, and a free
/// slot, in that order, with one bound on the whole wait.
/// </summary>
internal sealed class Admission(WorkerPool pool, IExecutionCount recorded, IOptions<ExecutionsOptions> options, TimeProvider time, ExecutionsLog log)
{
    private readonly ConcurrencyGates _scripts = new();
    private readonly ConcurrencyGates _tenants = new();

    /// <summary>Places to wait in, by tenant.</summary>
    private readonly ConcurrencyGates _waiting = new();
    private readonly Quotas _quotas = new(time);

    /// <summary>To be awaited before <see cref="TryEnter"/>: a tenant with a daily quota has used what is on record. Costs nothing but the first time.</summary>
    public ValueTask CountedAsync(Tenant tenant)
    {
        if (tenant.Limits.ExecutionsPerDay is null) return default;
        var counted = _quotas.Of(tenant.Id).CountedAsync(midnight => recorded.CountSinceAsync(tenant.Id, midnight, CancellationToken.None));
        return counted.IsCompletedSuccessfully ? default : WithoutRecordAsync(counted, tenant.Id);
    }

    /// <summary>A database that is away delays records, not executions: the quota begins with what this process knows.</summary>
    private async ValueTask WithoutRecordAsync(ValueTask counted, Guid tenantId)
    {
        try
        {
            await counted;
        }
        catch (Exception e) when (e is NpgsqlException)
        {
            log.NotCounted(e, tenantId);
        }
    }

    /// <summary>A ticket to run with now, or why there is none; neither where it must be waited for. The ticket must be disposed.</summary>
    public (Ticket? Ticket, Refusal? Refusal) TryEnter(InFlightExecution execution)
    {
        var (tenant, script) = (execution.Request.Tenant, execution.Request.Script);
        if (_quotas.Of(tenant.Id).Take(tenant.Limits.ExecutionsPerMinute, tenant.Limits.ExecutionsPerDay) is { } used)
            return (null, Used(used));

        if (_scripts.TryEnter(script.Id, script.Limits.Concurrency))
        {
            if (_tenants.TryEnter(tenant.Id, tenant.Limits.Concurrency))
            {
                if (pool.TryLease(new LeaseRequest(tenant.Id, script.VersionId)) is { } lease) return (new Ticket(lease, () => Exit(execution)), null);
                _tenants.Exit(tenant.Id);
            }

            _scripts.Exit(script.Id);
        }

        return (null, null);
    }

    /// <summary>Waits for a ticket; why there is none in time. The ticket must be disposed.</summary>
    public async Task<(Ticket? Ticket, Refusal? Refusal)> WaitAsync(InFlightExecution execution, TimeSpan waitMax)
    {
        // What waits without a bound is bounded where it comes from.
        if (waitMax == Timeout.InfiniteTimeSpan) return await WaitInTurnAsync(execution, waitMax);
        var tenantId = execution.Request.Tenant.Id;
        var max = options.Value.WaitingMax;
        if (!_waiting.TryEnter(tenantId, max))
            return (null, new Refusal(Codes.Overloaded, $"{max} executions of the tenant wait already (Sandbox:Executions:WaitingMax).", 1));

        try
        {
            return await WaitInTurnAsync(execution, waitMax);
        }
        finally
        {
            _waiting.Exit(tenantId);
        }
    }

    private async Task<(Ticket? Ticket, Refusal? Refusal)> WaitInTurnAsync(InFlightExecution execution, TimeSpan max)
    {
        var (tenant, script) = (execution.Request.Tenant, execution.Request.Script);
        var wait = execution.WaitAtMost(max);
        var started = time.GetTimestamp();
        double scriptMs = 0, tenantMs = 0, workerMs = 0;
        try
        {
            var entered = await _scripts.EnterAsync(script.Id, script.Limits.Concurrency, wait.Token);
            scriptMs = time.GetElapsedTime(started).TotalMilliseconds;
            if (!entered)
                return (null, new Refusal(Codes.ConcurrencyLimit, $"{script.Limits.Concurrency} executions of this script ran for longer than {max.TotalSeconds:0.#} s (limits.concurrency).", 1));

            entered = await _tenants.EnterAsync(tenant.Id, tenant.Limits.Concurrency, wait.Token);
            tenantMs = time.GetElapsedTime(started).TotalMilliseconds - scriptMs;
            if (!entered)
            {
                _scripts.Exit(script.Id);
                return (null, new Refusal(Codes.ConcurrencyLimit, $"{tenant.Limits.Concurrency} executions of the tenant ran for longer than {max.TotalSeconds:0.#} s (the tenant's limits.concurrency).", 1));
            }

            try
            {
                var lease = await pool.LeaseAsync(new LeaseRequest(tenant.Id, script.VersionId), wait.Token);
                workerMs = time.GetElapsedTime(started).TotalMilliseconds - scriptMs - tenantMs;
                return (new Ticket(lease, () => Exit(execution)), null);
            }
            catch (OperationCanceledException)
            {
                workerMs = time.GetElapsedTime(started).TotalMilliseconds - scriptMs - tenantMs;
                Exit(execution);
                return (null, new Refusal(Codes.Overloaded, $"No worker process was free within {max.TotalSeconds:0.#} s (Sandbox:Workers:Max).", 1));
            }
        }
        finally
        {
            var before = execution.QueueReasons;
            execution.QueueReasons = new QueueReasons(Rounded(before.ScriptConcurrency + scriptMs), Rounded(before.TenantConcurrency + tenantMs), Rounded(before.Worker + workerMs));
            execution.DoneWaiting(wait);
        }
    }

    /// <summary>
    /// A ticket for an execution that another one makes: its parent's slot and place in the tenant's concurrency cover it, so it never waits; if the script's own
    /// concurrency is used up it is refused.
    /// </summary>
    public (Ticket? Ticket, Refusal? Refusal) EnterWithin(InFlightExecution execution, IPoolWorker worker)
    {
        var (tenant, script) = (execution.Request.Tenant, execution.Request.Script);
        if (_quotas.Of(tenant.Id).Take(tenant.Limits.ExecutionsPerMinute, tenant.Limits.ExecutionsPerDay) is { } used) return (null, Used(used));
        return _scripts.TryEnter(script.Id, script.Limits.Concurrency)
            ? (new Ticket(worker, null, () => _scripts.Exit(script.Id)), null)
            : (null, new Refusal(Codes.ConcurrencyLimit, $"{script.Limits.Concurrency} executions of the script {script.Name} run already (limits.concurrency).", 1));
    }

    private static Refusal Used((int RetryAfterSeconds, string Limit) used) =>
        new(Codes.QuotaExceeded, $"The tenant has used its {used.Limit}. Try again in {used.RetryAfterSeconds} s, or ask the operator to raise it.", used.RetryAfterSeconds);

    /// <summary>How many more of a script may run now, and how many more of its tenant.</summary>
    public (int Script, int Tenant) Free(Tenant tenant, Script script) =>
        (_scripts.Free(script.Id, script.Limits.Concurrency), _tenants.Free(tenant.Id, tenant.Limits.Concurrency));

    /// <summary>Gates that somebody runs or waits in.</summary>
    public int Gates => _scripts.Count + _tenants.Count + _waiting.Count;

    private void Exit(InFlightExecution execution)
    {
        _tenants.Exit(execution.Request.Tenant.Id);
        _scripts.Exit(execution.Request.Script.Id);
    }

    private static double Rounded(double milliseconds) => Math.Round(milliseconds, 1);

    /// <summary>Why an execution does not run.</summary>
    internal sealed record Refusal(string Code, string Message, int RetryAfterSeconds);

    /// <summary>The right to run: a slot of a worker, its own or its parent's, and a place in the concurrencies.</summary>
    internal sealed class Ticket(IPoolWorker worker, WorkerLease? lease, Action exit) : IDisposable
    {
        private WorkerLease? _lease = lease;
        private bool _disposed;

        public Ticket(WorkerLease lease, Action exit)
            : this(lease.Worker, lease, exit)
        {
        }

        /// <summary>Where it runs; another where it is run again.</summary>
        public IPoolWorker Worker { get; private set; } = worker;

        public void Replace(WorkerLease lease)
        {
            _lease?.Dispose();
            (_lease, Worker) = (lease, lease.Worker);
        }

        public void Dispose()
        {
            if (_disposed) return;
            _disposed = true;
            _lease?.Dispose();
            exit();
        }
    }
}
