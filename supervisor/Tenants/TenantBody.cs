using System.Text.Json.Serialization;
using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Tenants;

/// <summary>Body of a tenant's POST and PATCH: limits one by one, so that a change of one leaves the others.</summary>
internal sealed record TenantBody : IPartialWrite
{
    /// <inheritdoc />
    [JsonIgnore]
    public IReadOnlySet<string> Nulls { get; set; } = new HashSet<string>();

    public string? Slug { get; init; }
    public string? Name { get; init; }
    public IReadOnlyList<string>? Hosts { get; init; }
    public TenantLimitsBody? Limits { get; init; }

    public TenantWrite ToWrite(TenantLimits current) => new()
    {
        Slug = Slug,
        Name = Name,
        Hosts = Nulls.Contains("hosts") ? [] : Hosts,
        Limits = Nulls.Contains("limits") ? new TenantLimits() : Limits is { } limits ? LimitsOf(limits, current, new TenantLimits()) : null,
    };

    private TenantLimits LimitsOf(TenantLimitsBody limits, TenantLimits current, TenantLimits standard) => new()
    {
        Concurrency = Nulls.Contains("limits.concurrency") ? standard.Concurrency : limits.Concurrency ?? current.Concurrency,
        ExecutionsPerMinute = Nulls.Contains("limits.executions_per_minute") ? standard.ExecutionsPerMinute : limits.ExecutionsPerMinute ?? current.ExecutionsPerMinute,
        ExecutionsPerDay = Nulls.Contains("limits.executions_per_day") ? standard.ExecutionsPerDay : limits.ExecutionsPerDay ?? current.ExecutionsPerDay,
        HistoryBytes = Nulls.Contains("limits.history_bytes") ? standard.HistoryBytes : limits.HistoryBytes ?? current.HistoryBytes,
        CallsPerMinute = Nulls.Contains("limits.calls_per_minute") ? standard.CallsPerMinute : limits.CallsPerMinute ?? current.CallsPerMinute,
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
