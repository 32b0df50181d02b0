namespace Sandbox.Supervisor.Executions;

/// <summary>How many executions of a tenant are on record.</summary>
internal interface IExecutionCount
{
    Task<int> CountSinceAsync(Guid tenantId, DateTimeOffset since, CancellationToken cancellationToken);
}
