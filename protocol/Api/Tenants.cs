using System.Text.Json.Serialization;

namespace Sandbox.Protocol.Api;

/// <summary>A customer of the host application.</summary>
public sealed record Tenant
{
    public required Guid Id { get; init; }

    /// <summary><c>[a-z][a-z0-9-]{1,98}[a-z0-9]</c>, no UUID; never changes.</summary>
    public required string Slug { get; init; }

    /// <summary>Free text.</summary>
    public required string Name { get; init; }

    /// <summary>Host names that map to this tenant on the endpoints listener, lower case, without port.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    public TenantLimits Limits { get; init; } = new();
    public TenantEgress Egress { get; init; } = new();

    /// <summary>Whoever publishes a draft is another than its author, and no other write makes a version live.</summary>
    public bool PublishNeedsSecondPerson { get; init; }

    public bool Suspended { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>Quotas of a tenant. Null: none.</summary>
public sealed record TenantLimits
{
    /// <summary>Executions running at once, 1 to 10,000.</summary>
    public int Concurrency { get; init; } = 10;

    public int ExecutionsPerMinute { get; init; } = 6_000;
    public int? ExecutionsPerDay { get; init; }

    /// <summary>Bytes of inputs, outputs and logs kept.</summary>
    public long HistoryBytes { get; init; } = 5L * 1024 * 1024 * 1024;

    /// <summary>Broker calls; null: the defaults by capability.</summary>
    public int? CallsPerMinute { get; init; }
}

/// <summary>Where a tenant's scripts may connect to, beside what is open to all. Entries are hosts, each with or without <c>:port</c>.</summary>
public sealed record TenantEgress
{
    /// <summary>Hosts that may be called, <c>*.example.com</c> among them; null: every public one. An entry with a port opens that port.</summary>
    public IReadOnlyList<string>? Hosts { get; init; }

    /// <summary>Hosts that may be called although their address is in a private network.</summary>
    public IReadOnlyList<string> PrivateHosts { get; init; } = [];
}

/// <summary>Fields of a new tenant, or of a change to one: absent leaves a field as it is (for a new one: its default).</summary>
public sealed record TenantWrite : IPartialWrite
{
    /// <inheritdoc />
    [JsonIgnore]
    public IReadOnlySet<string> Nulls { get; set; } = new HashSet<string>();

    public string? Slug { get; init; }
    public string? Name { get; init; }
    public IReadOnlyList<string>? Hosts { get; init; }
    public TenantLimitsWrite? Limits { get; init; }
    public TenantEgressWrite? Egress { get; init; }
    public bool? PublishNeedsSecondPerson { get; init; }
}

/// <summary>A partial change of <see cref="TenantEgress"/>.</summary>
public sealed record TenantEgressWrite
{
    public IReadOnlyList<string>? Hosts { get; init; }
    public IReadOnlyList<string>? PrivateHosts { get; init; }
}

/// <summary>A partial change of <see cref="TenantLimits"/>; same units.</summary>
public sealed record TenantLimitsWrite
{
    public int? Concurrency { get; init; }
    public int? ExecutionsPerMinute { get; init; }
    public int? ExecutionsPerDay { get; init; }
    public long? HistoryBytes { get; init; }
    public int? CallsPerMinute { get; init; }
}

/// <summary>The tenants of this installation. Every call asks for a superadmin here.</summary>
public interface ITenants
{
    Task<Result<Page<Tenant>>> ListAsync(Principal principal, PageRequest page, CancellationToken cancellationToken);

    /// <summary>By slug; 404 where there is none.</summary>
    Task<Result<Tenant>> GetAsync(Principal principal, string slug, CancellationToken cancellationToken);

    /// <summary>Refused with <see cref="Codes.Conflict"/> where the slug or a host name is taken.</summary>
    Task<Result<Tenant>> CreateAsync(Principal principal, TenantWrite tenant, CancellationToken cancellationToken);

    Task<Result<Tenant>> UpdateAsync(
        Principal principal, string slug, TenantWrite change, string? ifMatch, CancellationToken cancellationToken);

    /// <summary>Suspended tenants run nothing: what is asked of them is refused and recorded with <see cref="Codes.NotAllowed"/>.</summary>
    Task<Result<Tenant>> SetSuspendedAsync(
        Principal principal, string slug, bool suspended, string? ifMatch, CancellationToken cancellationToken);

    /// <summary>Removes the tenant and all that is its own. <paramref name="confirmSlug"/> must repeat the slug.</summary>
    Task<Result<bool>> DeleteAsync(
        Principal principal, string slug, string confirmSlug, string? ifMatch, CancellationToken cancellationToken);
}
