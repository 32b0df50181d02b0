using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Queue;

/// <summary>
/// How many executions of each tenant wait: as <see cref="QueueSweeper"/> last counted them, and what this node accepted since. Several
/// nodes may let a tenant go beyond its bound by what they accept within ten seconds; no tenant fills the database.
/// </summary>
internal sealed class QueueLevels(IOptions<QueueOptions> options)
{
    private const int RetryAfterSeconds = 60;

    private ConcurrentDictionary<Guid, long> _waiting = [];

    public void Measured(IReadOnlyDictionary<Guid, long> waiting) => Volatile.Write(ref _waiting, new ConcurrentDictionary<Guid, long>(waiting));

    public void Accepted(Guid tenantId, int count) => Volatile.Read(ref _waiting).AddOrUpdate(tenantId, count, (_, before) => before + count);

    /// <summary>429 <see cref="Codes.QuotaExceeded"/> where the tenant has no room for so many more; else null.</summary>
    public Problem? Refusal(Guid tenantId, int count = 1)
    {
        var most = options.Value.WaitingMax;
        var waiting = Volatile.Read(ref _waiting).GetValueOrDefault(tenantId);
        return waiting + count <= most
            ? null
            : new Problem(
                429,
                Codes.QuotaExceeded,
                $"About {waiting} executions of the tenant wait, and at most {most} may (Sandbox:Queue:WaitingMax); cancel some, or try again when they have run.")
            {
                RetryAfterSeconds = RetryAfterSeconds,
            };
    }
}
