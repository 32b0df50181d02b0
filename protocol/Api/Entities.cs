namespace Sandbox.Protocol.Api;

/// <summary>A table of business data that a tenant's scripts may use through <c>sdk.db</c>.</summary>
public sealed record Entity
{
    /// <summary>What scripts call it; <c>[a-z][a-z0-9_]{0,62}</c>.</summary>
    public required string Name { get; init; }

    /// <summary><c>schema.table</c>, as PostgreSQL's catalog spells them.</summary>
    public required string Table { get; init; }

    /// <summary>The column that identifies a row within the tenant.</summary>
    public required string Key { get; init; }

    /// <summary>Holds the tenant's id (uuid, or its text); null: the table is shared by all tenants, and read-only.</summary>
    public string? TenantColumn { get; init; }

    /// <summary>The columns that are opened, by name.</summary>
    public required IReadOnlyDictionary<string, EntityField> Fields { get; init; }

    /// <summary>Of <see cref="EntityOperations.All"/>.</summary>
    public required IReadOnlyList<string> Operations { get; init; }

    /// <summary>A database of <c>Sandbox:Databases</c>; null: the supervisor's own.</summary>
    public string? Database { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>What scripts may do with a column.</summary>
public sealed record EntityField(bool Read, bool Write);

/// <summary>What scripts may do with a table. The spelling is the contract.</summary>
public static class EntityOperations
{
    public const string Read = "read";
    public const string Insert = "insert";
    public const string Update = "update";
    public const string Delete = "delete";

    public static readonly IReadOnlyList<string> All = [Read, Insert, Update, Delete];
}

/// <summary>An entity as a write left it.</summary>
/// <param name="Created">There was none of this name before.</param>
public sealed record StoredEntity(Entity Entity, bool Created);

/// <summary>Fields of an entity as they are written.</summary>
public sealed record EntityWrite
{
    public string? Table { get; init; }
    public string? Key { get; init; }
    public string? TenantColumn { get; init; }
    public IReadOnlyDictionary<string, EntityField>? Fields { get; init; }
    public IReadOnlyList<string>? Operations { get; init; }
    public string? Database { get; init; }
}

/// <summary>The entities of a tenant. Every write asks for <see cref="Permissions.SettingsManage"/>.</summary>
public interface IEntities
{
    /// <summary>By name.</summary>
    Task<Result<Page<Entity>>> ListAsync(Principal principal, PageRequest page, CancellationToken cancellationToken);

    /// <summary>404 where there is none.</summary>
    Task<Result<Entity>> GetAsync(Principal principal, string name, CancellationToken cancellationToken);

    /// <summary>
    /// Makes or replaces an entity. A superadmin opens any table of business data and thereby lets every tenant's administrator open it by
    /// the same tenant column; a tenant's administrator opens those tables alone (<see cref="Codes.NotAllowed"/>).
    /// </summary>
    /// <param name="ifMatch">An ETag; null: whatever there is.</param>
    Task<Result<StoredEntity>> PutAsync(Principal principal, string name, EntityWrite write, string? ifMatch, CancellationToken cancellationToken);

    /// <summary>The table itself is left as it is.</summary>
    Task<Result<bool>> DeleteAsync(Principal principal, string name, string? ifMatch, CancellationToken cancellationToken);
}
