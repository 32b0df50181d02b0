namespace Sandbox.Supervisor.Workers.Launch;

/// <summary>Which of the measures the checklist applies on this machine; found out once, by trial.</summary>
internal sealed record LaunchPlan
{
    public required MachineTools Tools { get; init; }

    /// <summary>bubblewrap works.</summary>
    public required bool Namespaces { get; init; }

    /// <summary>How the worker's network namespace is made.</summary>
    public required NetworkStep Network { get; init; }

    /// <summary>Each worker gets a user id of its own.</summary>
    public required bool OwnUid { get; init; }

    /// <summary>The libraries that are bound into the root.</summary>
    public required IReadOnlyList<string> Libraries { get; init; }

    /// <summary>First user id of this supervisor's workers.</summary>
    public required long FirstUid { get; init; }

    /// <summary>User and group id of a worker.</summary>
    public long Uid(int number) => FirstUid + (number % UidsPerSupervisor);

    /// <summary>
    /// 1879048192 and up: beyond all that systemd's table of user ids (https://systemd.io/UIDS-GIDS/) gives to people, services and
    /// containers, and below its foreign range. 4,094 blocks, so that the supervisors of one machine hardly ever share one.
    /// </summary>
    public static long FirstUidOf(string instance) =>
        1_879_048_192 + (Convert.ToInt64(instance, 16) % 4094 * UidsPerSupervisor);

    private const int UidsPerSupervisor = 65_536;

    /// <summary>The outer filter's file; null without seccomp.</summary>
    public required string? OuterFilter { get; init; }

    public required int TasksMax { get; init; }
}

/// <summary>How the network namespace comes to be.</summary>
internal enum NetworkStep
{
    /// <summary>None: the machine gives no namespaces.</summary>
    None,

    /// <summary>By bubblewrap, which brings loopback up in it.</summary>
    Bubblewrap,

    /// <summary>By <c>unshare</c> in a user namespace around bubblewrap's: loopback stays down.</summary>
    UserNamespace,

    /// <summary>By <c>unshare</c> as root, with a mount namespace in which the unprivileged user reaches the worker's files wherever they lie: loopback stays down.</summary>
    Privileged,
}
