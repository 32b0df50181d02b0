using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Executions;

/// <summary>Durable executions that wait, or run on any node, as the reader of executions needs them.</summary>
internal interface IQueuedExecutions
{
    /// <summary>Null where it neither waits nor runs.</summary>
    Task<Execution?> FindAsync(Guid tenantId, Guid id, CancellationToken cancellationToken);

    /// <summary>Newest first, below the cursor.</summary>
    Task<Page<Execution>> ListAsync(Guid tenantId, ExecutionFilter filter, PageRequest page, CancellationToken cancellationToken);

    /// <summary>The attempt that waits to follow one that failed; null where none does.</summary>
    Task<Guid?> NextAttemptAsync(Execution failed, CancellationToken cancellationToken);

    /// <summary>The attempt of the same piece of work that waits or runs after this one; null where none does.</summary>
    Task<Execution?> LaterAttemptAsync(Execution execution, CancellationToken cancellationToken);

    /// <summary>Ends it as cancelled where it waits, or tells the node that runs it. False: it neither waits nor runs.</summary>
    Task<bool> CancelAsync(Guid tenantId, Guid id, CancellationToken cancellationToken);
}
