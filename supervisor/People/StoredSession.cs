namespace Sandbox.Supervisor.People;

/// <summary>A session that still holds, with whoever it is of: a person or a token.</summary>
internal sealed record StoredSession
{
    public required Guid Id { get; init; }
    public required DateTime LastSeenAt { get; init; }
    public Guid? PersonId { get; init; }
    public string? Email { get; init; }
    public bool Superadmin { get; init; }
    public Guid? TokenId { get; init; }
    public string? TokenName { get; init; }
    public Guid? TokenTenantId { get; init; }
    public string[]? TokenPermissions { get; init; }
}
