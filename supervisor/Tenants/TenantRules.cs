using System.Net;
using System.Text.RegularExpressions;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Tenants;

/// <summary>What a tenant's fields may be.</summary>
internal static partial class TenantRules
{
    private const int HostsMax = 100;

    public static Result<Tenant> Apply(Tenant tenant, TenantWrite write, bool isNew)
    {
        var errors = new List<FieldError>();
        if (isNew && write.Slug is null) errors.Add(new FieldError("slug", "is missing"));
        if (!isNew && write.Slug is { } other && other != tenant.Slug) errors.Add(new FieldError("slug", "never changes"));
        if (isNew && write.Slug is { } slug && Text.NameComplaint(slug) is { } complaint) errors.Add(new FieldError("slug", complaint));
        if (write.Name is { } name && (name.Length is 0 or > 200 || !Text.IsStorable(name))) errors.Add(new FieldError("name", "must be 1 to 200 characters without NUL or lone surrogates"));

        var given = write.Nulls.Contains("hosts") ? [] : write.Hosts;
        var hosts = given?.Select(host => host.ToLowerInvariant()).Distinct(StringComparer.Ordinal).ToArray();
        if (hosts is { Length: > HostsMax } || hosts?.FirstOrDefault(host => host.Length > 253 || !HostName().IsMatch(host) || IPAddress.TryParse(host, out _)) is not null)
            errors.Add(new FieldError("hosts", $"must be at most {HostsMax} host names without port, such as hooks.example.com, no addresses"));
        if (hosts?.FirstOrDefault(host => host == "localhost" || host.EndsWith(".localhost", StringComparison.Ordinal)) is { } local)
            errors.Add(new FieldError("hosts", $"has {local}: names under localhost are given to tenants by their slug"));
        var limits = LimitsOf(tenant.Limits, write);
        Limits(limits, errors);
        var egress = TenantEgressRules.Apply(tenant.Egress, write, errors);
        if (errors.Count > 0) return Problem.Invalid([.. errors]);

        return tenant with
        {
            Slug = write.Slug ?? tenant.Slug,
            Name = write.Name ?? (isNew ? write.Slug! : tenant.Name),
            Hosts = hosts ?? tenant.Hosts,
            Limits = limits,
            Egress = egress,
            PublishNeedsSecondPerson = !write.Nulls.Contains("publish_needs_second_person") && (write.PublishNeedsSecondPerson ?? tenant.PublishNeedsSecondPerson),
        };
    }

    private static TenantLimits LimitsOf(TenantLimits current, TenantWrite write)
    {
        var (standard, nulls) = (new TenantLimits(), write.Nulls);
        if (nulls.Contains("limits")) return standard;
        if (write.Limits is not { } limits) return current;
        return new TenantLimits
        {
            Concurrency = nulls.Contains("limits.concurrency") ? standard.Concurrency : limits.Concurrency ?? current.Concurrency,
            ExecutionsPerMinute = nulls.Contains("limits.executions_per_minute") ? standard.ExecutionsPerMinute : limits.ExecutionsPerMinute ?? current.ExecutionsPerMinute,
            ExecutionsPerDay = nulls.Contains("limits.executions_per_day") ? standard.ExecutionsPerDay : limits.ExecutionsPerDay ?? current.ExecutionsPerDay,
            HistoryBytes = nulls.Contains("limits.history_bytes") ? standard.HistoryBytes : limits.HistoryBytes ?? current.HistoryBytes,
            CallsPerMinute = nulls.Contains("limits.calls_per_minute") ? standard.CallsPerMinute : limits.CallsPerMinute ?? current.CallsPerMinute,
        };
    }

    private static void Limits(TenantLimits limits, List<FieldError> errors)
    {
        Within("concurrency", limits.Concurrency, 1, 10_000);
        Within("executions_per_minute", limits.ExecutionsPerMinute, 1, 100_000_000);
        Within("executions_per_day", limits.ExecutionsPerDay, 1, int.MaxValue);
        Within("history_bytes", limits.HistoryBytes, 1024 * 1024, 1L << 50);
        Within("calls_per_minute", limits.CallsPerMinute, 0, 100_000_000);

        void Within(string field, long? value, long min, long max)
        {
            if (value < min || value > max) errors.Add(new FieldError($"limits.{field}", $"is {value}; choose {min} to {max}"));
        }
    }

    [GeneratedRegex(@"\A(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex HostName();
}
