using System.Text.Json.Serialization;

namespace Sandbox.Supervisor.Changes;

/// <summary>One row of the feed: that something changed, not how. A subscriber reads the present state.</summary>
/// <param name="Id">Of a route: its script. Of an entity: its tenant, or the nil UUID where it concerns all tenants. Of a secret or connection: its tenant.</param>
internal readonly record struct Change(ChangeKind Kind, Guid? TenantId, Guid Id);

/// <summary>What nodes keep in memory.</summary>
internal enum ChangeKind
{
    [JsonStringEnumMemberName("tenant")] Tenant,
    [JsonStringEnumMemberName("token")] Token,
    [JsonStringEnumMemberName("script")] Script,
    [JsonStringEnumMemberName("route")] Route,
    [JsonStringEnumMemberName("entity")] Entity,

    /// <summary>Of all secrets of a tenant; its id is the tenant's.</summary>
    [JsonStringEnumMemberName("secret")] Secret,

    /// <summary>Of all connections of a tenant; its id is the tenant's.</summary>
    [JsonStringEnumMemberName("connection")] Connection,
}
