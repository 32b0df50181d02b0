namespace Sandbox.Supervisor.Entities;

/// <summary>A table that a foreign key of an entity's table names.</summary>
/// <param name="Table">As the catalog has it.</param>
/// <param name="IsRegistered">The operator has opened it.</param>
/// <param name="TenantColumn">By which it was opened; null: shared by all tenants.</param>
internal sealed record ReferencedTable(BusinessTable Table, bool IsRegistered, string? TenantColumn);
