namespace Sandbox.Protocol.Api;

/// <summary>What a principal may do. The spelling is the contract.</summary>
public static class Permissions
{
    public const string ScriptsRead = "scripts.read";
    public const string ScriptsCreate = "scripts.create";
    public const string ScriptsUpdate = "scripts.update";
    public const string ScriptsDelete = "scripts.delete";
    public const string ScriptsExecute = "scripts.execute";
    public const string ScriptsPublish = "scripts.publish";
    public const string ExecutionsRead = "executions.read";
    public const string ExecutionsCancel = "executions.cancel";
    public const string ExecutionsReplay = "executions.replay";
    public const string EventsPublish = "events.publish";
    public const string DeadLettersManage = "deadletters.manage";
    public const string SecretsManage = "secrets.manage";
    public const string TokensManage = "tokens.manage";
    public const string MembersManage = "members.manage";
    public const string SettingsManage = "settings.manage";
    public const string AuditRead = "audit.read";

    public static readonly IReadOnlyList<string> All =
    [
        ScriptsRead, ScriptsCreate, ScriptsUpdate, ScriptsDelete, ScriptsExecute, ScriptsPublish,
        ExecutionsRead, ExecutionsCancel, ExecutionsReplay, EventsPublish, DeadLettersManage,
        SecretsManage, TokensManage, MembersManage, SettingsManage, AuditRead,
    ];
}

/// <summary>What a page asks of its reader. A page without this, <see cref="NeedsSignInAttribute"/> and <see cref="OpenToAnyoneAttribute"/> is open to nobody.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class NeedsAttribute(string permission) : Attribute
{
    /// <summary>One of <see cref="Permissions"/>.</summary>
    public string Permission { get; } = permission;
}

/// <summary>A bearer token's record; its value is shown once and stored as a hash.</summary>
public sealed record ApiToken
{
    public required Guid Id { get; init; }

    /// <summary>Null: superadmin.</summary>
    public required Guid? TenantId { get; init; }

    public required string Name { get; init; }
    public required IReadOnlyList<string> Permissions { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? RevokedAt { get; init; }
}

/// <summary>A new token with its value.</summary>
public sealed record IssuedToken(ApiToken Token, string Value);

/// <summary>Bearer tokens.</summary>
public interface ITokens
{
    /// <summary>
    /// The principal that a bearer value stands for; null where it is unknown, expired or revoked, or its tenant gone. In memory after the first look-up.
    /// </summary>
    ValueTask<Principal?> AuthenticateAsync(string bearer, CancellationToken cancellationToken);

    /// <summary>
    /// The record and the value (<c>sbx_…</c>), which is not to be had again. 403 also where the principal lacks a permission that it would give.
    /// </summary>
    Task<Result<IssuedToken>> CreateAsync(
        Principal principal, TokenOwner owner, string name, IReadOnlyList<string> permissions, DateTimeOffset? expiresAt, CancellationToken cancellationToken);

    /// <summary>Newest first.</summary>
    Task<Result<Page<ApiToken>>> ListAsync(Principal principal, TokenOwner owner, PageRequest page, CancellationToken cancellationToken);

    /// <summary>It is refused from now on. 404 where there is no such token, or it is revoked already.</summary>
    Task<Result<bool>> RevokeAsync(Principal principal, TokenOwner owner, Guid id, CancellationToken cancellationToken);
}
