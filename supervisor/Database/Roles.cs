namespace Sandbox.Supervisor.Database;

/// <summary>The roles we work as. None bypasses row-level security; the last two own nothing.</summary>
internal static class Roles
{
    /// <summary>Owns the schema, migrates it, makes and drops partitions through functions.</summary>
    public const string Owner = "sandbox_owner";

    /// <summary>A tenant's work: sees the tenant of its transaction and no other.</summary>
    public const string Tenant = "sandbox_tenant";

    /// <summary>Scheduler, dispatcher, history writer, maintenance, the administration of tenants.</summary>
    public const string System = "sandbox_system";

    public static readonly string[] All = [Owner, Tenant, System];
}
