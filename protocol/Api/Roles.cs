using System.Collections.Frozen;

namespace Sandbox.Protocol.Api;

/// <summary>The roles of members. The spelling is the contract.</summary>
public static class Roles
{
    /// <summary>Every permission in every tenant.</summary>
    public const string Superadmin = "superadmin";

    /// <summary>Every permission in its tenant.</summary>
    public const string Admin = "admin";

    /// <summary>Scripts, executions and dead letters of its tenant, without deleting scripts.</summary>
    public const string Developer = "developer";

    /// <summary>Reads, executes, cancels and replays.</summary>
    public const string Operator = "operator";

    /// <summary>Reads.</summary>
    public const string Viewer = "viewer";

    /// <summary>The permissions of each role.</summary>
    public static readonly IReadOnlyDictionary<string, IReadOnlySet<string>> All = new Dictionary<string, IReadOnlySet<string>>(StringComparer.Ordinal)
    {
        [Superadmin] = Set([.. Permissions.All]),
        [Admin] = Set([.. Permissions.All]),
        [Developer] = Set(
            Permissions.ScriptsRead, Permissions.ScriptsCreate, Permissions.ScriptsUpdate, Permissions.ScriptsExecute, Permissions.ScriptsPublish,
            Permissions.ExecutionsRead, Permissions.ExecutionsCancel, Permissions.ExecutionsReplay, Permissions.DeadLettersManage),
        [Operator] = Set(
            Permissions.ScriptsRead, Permissions.ScriptsExecute,
            Permissions.ExecutionsRead, Permissions.ExecutionsCancel, Permissions.ExecutionsReplay),
        [Viewer] = Set(Permissions.ScriptsRead, Permissions.ExecutionsRead),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static FrozenSet<string> Set(params ReadOnlySpan<string> permissions) => permissions.ToArray().ToFrozenSet(StringComparer.Ordinal);
}
