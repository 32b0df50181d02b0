namespace Sandbox.Supervisor.Database;

/// <summary>The roles we work as. None bypasses row-level security, and only the first owns anything.</summary>
internal static class DatabaseRoles
{
    /// <summary>Owns the schema, migrates it, makes and drops partitions through functions.</summary>
    public const string Owner = "sandbox_owner";

    /// <summary>A tenant's work: sees the tenant of its transaction and no other.</summary>
    public const string Tenant = "sandbox_tenant";

    /// <summary>Scheduler, dispatcher, history writer, maintenance, the administration of tenants.</summary>
    public const string System = "sandbox_system";

    /// <summary>Statements on business tables. It has the grants on opened tables, and none on a table of ours.</summary>
    public const string Data = "sandbox_data";

    public static readonly string[] All = [Owner, Tenant, System, Data];
}
