using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Tenants;

/// <summary>Body of a tenant's POST and PATCH: limits one by one, so that a change of one leaves the others.</summary>
internal sealed record TenantBody
{
    public string? Slug { get; init; }
    public string? Name { get; init; }
    public IReadOnlyList<string>? Hosts { get; init; }
    public TenantLimitsBody? Limits { get; init; }

    public TenantWrite ToWrite(TenantLimits current) => new()
    {
        Slug = Slug,
        Name = Name,
        Hosts = Hosts,
        Limits = Limits is { } limits
            ? new TenantLimits
            {
                Concurrency = limits.Concurrency ?? current.Concurrency,
                ExecutionsPerMinute = limits.ExecutionsPerMinute ?? current.ExecutionsPerMinute,
                ExecutionsPerDay = limits.ExecutionsPerDay ?? current.ExecutionsPerDay,
                HistoryBytes = limits.HistoryBytes ?? current.HistoryBytes,
                CallsPerMinute = limits.CallsPerMinute ?? current.CallsPerMinute,
            }
            : null,
    };
}

/// <summary>A partial change of <see cref="TenantLimits"/>.</summary>
internal sealed record TenantLimitsBody
{
    public int? Concurrency { get; init; }
    public int? ExecutionsPerMinute { get; init; }
    public int? ExecutionsPerDay { get; init; }
    public long? HistoryBytes { get; init; }
    public int? CallsPerMinute { get; init; }
}
