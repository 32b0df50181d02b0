using Sandbox.Supervisor.History;

namespace Sandbox.Supervisor.Executions;

/// <summary>Counts in the history's store.</summary>
internal sealed class RecordedExecutionCount(ExecutionStore store) : IExecutionCount
{
    public Task<int> CountSinceAsync(Guid tenantId, DateTimeOffset since, CancellationToken cancellationToken) => store.CountSinceAsync(tenantId, since, cancellationToken);
}
