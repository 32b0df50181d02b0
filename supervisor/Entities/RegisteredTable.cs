namespace Sandbox.Supervisor.Entities;

/// <summary>A table that the operator has opened.</summary>
internal sealed class RegisteredTable
{
    /// <summary>Null: shared by all tenants, and read-only.</summary>
    public string? TenantColumn { get; init; }
}
