using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Npgsql;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.History;
using Sandbox.Supervisor.Workers;

namespace Sandbox.Supervisor.Executions;

/// <summary>
/// What stands between a request and a worker: the tenant's quotas, the script's and the tenant's concurrency, and a free
/// slot, in that order, with one bound on the whole wait.
/// </summary>
internal sealed class Admission(WorkerPool pool, ExecutionStore store, IOptions<ExecutionsOptions> options, TimeProvider time, ExecutionsLog log)
{
    private readonly ConcurrentDictionary<Guid, ConcurrencyGate> _scripts = new();
    private readonly ConcurrentDictionary<Guid, ConcurrencyGate> _tenants = new();
    private readonly ConcurrentDictionary<Guid, Quota> _quotas = new();

    /// <summary>To be awaited before <see cref="TryEnter"/>: a tenant with a daily quota has used what is on record. Costs nothing but the first time.</summary>
    public ValueTask CountedAsync(Tenant tenant)
    {
        if (tenant.Limits.ExecutionsPerDay is null) return default;
        var counted = QuotaOf(tenant).CountedAsync(midnight => store.CountSinceAsync(tenant.Id, midnight, CancellationToken.None), time.GetUtcNow());
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
    public (Ticket? Ticket, Refusal? Refusal) TryEnter(LiveExecution live)
    {
        var (tenant, script) = (live.Request.Tenant, live.Request.Script);
        if (QuotaOf(tenant).Take(time.GetUtcNow(), tenant.Limits.ExecutionsPerMinute, tenant.Limits.ExecutionsPerDay) is { } used)
            return (null, new Refusal(Codes.QuotaExceeded, $"The tenant has used its {used.Limit}. Try again in {used.RetryAfterSeconds} s, or ask the operator to raise it.", used.RetryAfterSeconds));

        var (scriptGate, tenantGate) = GatesOf(live);
        if (scriptGate.TryEnter(script.Limits.Concurrency))
        {
            if (tenantGate.TryEnter(tenant.Limits.Concurrency))
            {
                if (pool.TryLease(new LeaseRequest(tenant.Id, script.VersionId)) is { } lease) return (new Ticket(lease, scriptGate, tenantGate), null);
                tenantGate.Exit();
            }

            scriptGate.Exit();
        }

        return (null, null);
    }

    /// <summary>Waits for a ticket; why there is none in time. The ticket must be disposed.</summary>
    public async Task<(Ticket? Ticket, Refusal? Refusal)> WaitAsync(LiveExecution live)
    {
        var (tenant, script) = (live.Request.Tenant, live.Request.Script);
        var (scriptGate, tenantGate) = GatesOf(live);
        var max = options.Value.WaitMax;
        var wait = live.WaitAtMost(max);
        var started = time.GetTimestamp();
        double scriptMs = 0, tenantMs = 0, workerMs = 0;
        try
        {
            var entered = await scriptGate.EnterAsync(script.Limits.Concurrency, wait.Token);
            scriptMs = time.GetElapsedTime(started).TotalMilliseconds;
            if (!entered)
                return (null, new Refusal(Codes.ConcurrencyLimit, $"{script.Limits.Concurrency} executions of this script ran for longer than {max.TotalSeconds:0.#} s (limits.concurrency).", 1));

            entered = await tenantGate.EnterAsync(tenant.Limits.Concurrency, wait.Token);
            tenantMs = time.GetElapsedTime(started).TotalMilliseconds - scriptMs;
            if (!entered)
            {
                scriptGate.Exit();
                return (null, new Refusal(Codes.ConcurrencyLimit, $"{tenant.Limits.Concurrency} executions of the tenant ran for longer than {max.TotalSeconds:0.#} s (the tenant's limits.concurrency).", 1));
            }

            try
            {
                var lease = await pool.LeaseAsync(new LeaseRequest(tenant.Id, script.VersionId), wait.Token);
                workerMs = time.GetElapsedTime(started).TotalMilliseconds - scriptMs - tenantMs;
                return (new Ticket(lease, scriptGate, tenantGate), null);
            }
            catch (OperationCanceledException)
            {
                workerMs = time.GetElapsedTime(started).TotalMilliseconds - scriptMs - tenantMs;
                tenantGate.Exit();
                scriptGate.Exit();
                return (null, new Refusal(Codes.Overloaded, $"No worker process was free within {max.TotalSeconds:0.#} s (Sandbox:Workers:Max).", 1));
            }
        }
        finally
        {
            live.QueueReasons = new QueueReasons(Rounded(scriptMs), Rounded(tenantMs), Rounded(workerMs));
            live.DoneWaiting(wait);
        }
    }

    private Quota QuotaOf(Tenant tenant) => _quotas.GetOrAdd(tenant.Id, static _ => new Quota());

    private (ConcurrencyGate Script, ConcurrencyGate Tenant) GatesOf(LiveExecution live) =>
        (_scripts.GetOrAdd(live.Request.Script.Id, static _ => new ConcurrencyGate()), _tenants.GetOrAdd(live.Request.Tenant.Id, static _ => new ConcurrencyGate()));

    private static double Rounded(double milliseconds) => Math.Round(milliseconds, 1);

    /// <summary>Why an execution does not run.</summary>
    internal sealed record Refusal(string Code, string Message, int RetryAfterSeconds);

    /// <summary>The right to run: a slot and a place in both concurrencies.</summary>
    internal sealed class Ticket(WorkerLease lease, ConcurrencyGate script, ConcurrencyGate tenant) : IDisposable
    {
        private bool _disposed;

        /// <summary>The slot; replaced where an attempt is run again elsewhere.</summary>
        public WorkerLease Lease { get; private set; } = lease;

        public void Replace(WorkerLease lease)
        {
            Lease.Dispose();
            Lease = lease;
        }

        public void Dispose()
        {
            if (_disposed) return;
            _disposed = true;
            Lease.Dispose();
            tenant.Exit();
            script.Exit();
        }
    }
}
