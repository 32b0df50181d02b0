using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Egress;

namespace Sandbox.Supervisor.Tenants;

/// <summary>What a tenant's lists of hosts may hold.</summary>
internal static class TenantEgressRules
{
    private const int HostsMax = 200;

    public static TenantEgress Apply(TenantEgress current, TenantWrite write, List<FieldError> errors)
    {
        if (write.Nulls.Contains("egress")) return new TenantEgress();
        if (write.Egress is not { } change) return current;
        return new TenantEgress
        {
            Hosts = write.Nulls.Contains("egress.hosts") ? null : change.Hosts is { } hosts ? Read("egress.hosts", hosts, allowsSuffix: true, errors) : current.Hosts,
            PrivateHosts = write.Nulls.Contains("egress.private_hosts") ? []
                : change.PrivateHosts is { } opened ? Read("egress.private_hosts", opened, allowsSuffix: false, errors)
                : current.PrivateHosts,
        };
    }

    private static string[] Read(string field, IReadOnlyList<string> entries, bool allowsSuffix, List<FieldError> errors)
    {
        var read = entries.Select(entry => HostPattern.Parse(entry, allowsSuffix)).ToArray();
        if (entries.Count > HostsMax) errors.Add(new FieldError(field, $"has {entries.Count} entries; at most {HostsMax} are kept"));
        var wrong = Array.FindIndex(read, pattern => pattern is null);
        if (wrong >= 0)
        {
            var examples = allowsSuffix ? "api.example.com, *.example.com or api.example.com:8443" : "erp.internal, erp.internal:8080 or 10.1.2.3";
            errors.Add(new FieldError($"{field}[{wrong}]", $"is no host; write {examples}, without scheme and path"));
        }

        return [.. read.OfType<HostPattern>().Select(pattern => pattern.ToString()).Distinct(StringComparer.Ordinal)];
    }
}
