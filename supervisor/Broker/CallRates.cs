using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Limits;

namespace Sandbox.Supervisor.Broker;

/// <summary>Broker calls of a script within a minute, by group (5-limits). A tenant's <c>calls_per_minute</c> stands in place of the defaults.</summary>
internal sealed class CallRates(TimeProvider time)
{
    private readonly MinuteRates<(Guid Tenant, Guid Script, CallGroup Group)> _rates = new(time);

    /// <summary>Counts one; the refusal where it is one too many.</summary>
    public CallRefusedException? Take(RunRequest request, CallGroup group)
    {
        if (group == CallGroup.None) return null;
        var perMinute = request.Tenant.Limits.CallsPerMinute ?? Default(group);
        return _rates.Take((request.Tenant.Id, request.Script.Id, group), perMinute) is { } seconds
            ? new CallRefusedException(Codes.RateLimit, $"The script has made {perMinute} {NameOf(group)} calls within a minute, which is its limit (the tenant's limits.calls_per_minute); try again in {seconds} s.", seconds)
            : null;
    }

    private static int Default(CallGroup group) => group switch
    {
        CallGroup.Outside => 300,
        CallGroup.Data or CallGroup.Cache => 6_000,
        CallGroup.Events => 600,
        CallGroup.None => throw new ArgumentOutOfRangeException(nameof(group), group, "It has no rate."),
        _ => throw new ArgumentOutOfRangeException(nameof(group), group, "Unknown group."),
    };

    private static string NameOf(CallGroup group) => group switch
    {
        CallGroup.Outside => "http and email",
        CallGroup.Data => "db",
        CallGroup.Cache => "cache",
        CallGroup.Events => "events",
        CallGroup.None => throw new ArgumentOutOfRangeException(nameof(group), group, "It has no rate."),
        _ => throw new ArgumentOutOfRangeException(nameof(group), group, "Unknown group."),
    };
}
