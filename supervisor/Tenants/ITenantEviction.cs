namespace Sandbox.Supervisor.Tenants;

/// <summary>Ends a tenant's work on this node.</summary>
internal interface ITenantEviction
{
    /// <summary>Ends all that runs for a tenant as <c>cancelled</c>, and its worker processes: it was suspended or deleted.</summary>
    Task EvictAsync(Guid tenantId);
}
