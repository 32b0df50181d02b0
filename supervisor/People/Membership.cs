namespace Sandbox.Supervisor.People;

/// <summary>A tenant that a person acts in.</summary>
internal sealed record Membership(Guid TenantId, string Slug, string Name, string Role);
