using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Rest;

/// <summary>The tenants, in memory, as far as the access check asks for them.</summary>
internal interface ITenantDirectory
{
    Tenant? BySlug(string slug);

    Tenant? ById(Guid id);

    /// <summary>The oldest; null where there is none.</summary>
    Tenant? First();
}
