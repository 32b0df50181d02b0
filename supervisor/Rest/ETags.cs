using System.Globalization;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Executions;

namespace Sandbox.Supervisor.Rest;

/// <summary>Entity tags of what can be changed: the moment of the last change, which the database keeps to the microsecond.</summary>
internal static class ETags
{
    public static string Of(Script script) => Of(script.UpdatedAt);

    public static string Of(Tenant tenant) => Of(tenant.UpdatedAt);

    public static string Of(Entity entity) => Of(entity.UpdatedAt);

    public static string Of(Draft draft) => Of(draft.UpdatedAt);

    public static string Of(DateTimeOffset updatedAt) => string.Create(CultureInfo.InvariantCulture, $"\"{updatedAt.UtcTicks:x}\"");

    public static Problem Stale =>
        new(412, Codes.PreconditionFailed, "It was changed since that ETag was given; read it again and repeat the change on what it is now.");

    /// <summary>Null where the change may go on; else the 412. <paramref name="ifMatch"/> may list several.</summary>
    public static Problem? Refusal(string? ifMatch, string current) =>
        ifMatch is null || ifMatch.Split(',', StringSplitOptions.TrimEntries).Contains(current, StringComparer.Ordinal)
            ? null
            : Stale;
}
