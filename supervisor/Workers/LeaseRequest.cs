namespace Sandbox.Supervisor.Workers;

/// <summary>Who wants a slot.</summary>
/// <param name="TenantId">Workers are bound to it for life.</param>
/// <param name="VersionId">The version that will run; it gets a worker of its own where it killed one before.</param>
internal readonly record struct LeaseRequest(Guid TenantId, Guid VersionId);
