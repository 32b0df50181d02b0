namespace Sandbox.Supervisor.Entities;

/// <summary>The entities of each tenant, in memory after the first look, kept current by the changes feed.</summary>
internal interface IEntityCatalog
{
    /// <summary>By name; null where this tenant has no such entity.</summary>
    ValueTask<OpenedEntity?> FindAsync(Guid tenantId, string name, CancellationToken cancellationToken);

    /// <summary>All of a tenant, by name.</summary>
    ValueTask<IReadOnlyList<OpenedEntity>> ListAsync(Guid tenantId, CancellationToken cancellationToken);
}
