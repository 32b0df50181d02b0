namespace Sandbox.Supervisor.Workers.Launch;

/// <summary>Tries the strongest launch that the machine seems to allow, then weaker ones, until one works; keeps what the stronger ones said.</summary>
internal sealed class IsolationProbe(LaunchOptions options, RunDirectory run, string workerDirectory, Func<LaunchPlan, Task<string?>> tryAsync)
{
    public const string SwitchedOff = "switched off by Sandbox:Workers:Without";

    private readonly MachineTools _tools = MachineTools.Find();
    private readonly List<string> _failures = [];
    private string? _withoutUid;
    private string? _withoutSeccomp;

    public async Task<(LaunchPlan Plan, IReadOnlyList<IsolationMeasure> Measures)> FindAsync(CancellationToken cancellationToken)
    {
        _withoutUid = WhyNoUid();
        _withoutSeccomp = options.Without.HasFlag(Measures.Seccomp) ? SwitchedOff : SeccompFiles.Write(run);
        foreach (var plan in Candidates())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await tryAsync(plan) is not { } failure) return (plan, Report(plan));
            if (!_failures.Contains(failure, StringComparer.Ordinal)) _failures.Add(failure);
        }

        throw new LaunchException($"No process can be started at all: {string.Join("; ", _failures)}");
    }

    /// <summary>From the strongest to the weakest.</summary>
    private IEnumerable<LaunchPlan> Candidates()
    {
        foreach (var network in Networks())
        {
            if (_withoutUid is null) yield return Plan(network, ownUid: true);
            yield return Plan(network, ownUid: false);
        }
    }

    private IEnumerable<NetworkStep> Networks()
    {
        if (_tools.Bubblewrap is not null && !options.Without.HasFlag(Measures.Namespaces))
        {
            if (_tools.Unshare is not null && !options.Without.HasFlag(Measures.NetworkDown))
            {
                if (MachineProbe.MayMount() && _tools.Mount is not null) yield return NetworkStep.Privileged;
                yield return NetworkStep.UserNamespace;
            }

            yield return NetworkStep.Bubblewrap;
        }

        yield return NetworkStep.None;
    }

    private LaunchPlan Plan(NetworkStep network, bool ownUid) => new()
    {
        Tools = _tools,
        Namespaces = network != NetworkStep.None,
        Network = network,
        OwnUid = ownUid,
        Libraries = RuntimeLibraries.Find(),
        FirstUid = LaunchPlan.FirstUidOf(run.Instance),
        OuterFilter = _withoutSeccomp is null ? run.OuterFilterPath : null,
        TasksMax = options.TasksMax,
    };

    private string? WhyNoUid()
    {
        if (options.Without.HasFlag(Measures.OwnUid)) return SwitchedOff;
        if (_tools.SetPriv is null) return "setpriv is not installed (Debian: util-linux)";
        if (!MachineProbe.MaySetUid()) return "the supervisor lacks CAP_SETUID and CAP_SETGID: run it as root, or with AmbientCapabilities=";
        return MachineProbe.Unreadable(workerDirectory);
    }

    private List<IsolationMeasure> Report(LaunchPlan plan)
    {
        var failed = _failures.Count > 0 ? string.Join("; ", _failures) : null;
        var withoutNamespaces =
            options.Without.HasFlag(Measures.Namespaces) ? SwitchedOff
            : _tools.Bubblewrap is null ? "bubblewrap is not installed (Debian: bubblewrap)"
            : failed;
        var networkDown = plan.Network is NetworkStep.Privileged or NetworkStep.UserNamespace;
        var withoutNetwork = options.Without.HasFlag(Measures.NetworkDown) ? SwitchedOff
            : plan.Namespaces ? "loopback is up in the worker's network namespace: " + (_tools.Unshare is null ? "unshare is not installed (Debian: util-linux)" : failed)
            : withoutNamespaces;
        var seccompOuter = _withoutSeccomp is null && plan.Namespaces;
        var bounded = plan.Namespaces || _tools.SetPriv is not null;
        return
        [
            Measure("namespaces and an empty root", plan.Namespaces, withoutNamespaces),
            Measure("network without an interface", networkDown, withoutNetwork),
            Measure("user id of its own", plan.OwnUid, _withoutUid ?? failed),
            Measure("seccomp filter", seccompOuter, _withoutSeccomp ?? $"only the worker's own, which it loads itself; without bubblewrap there is none from its first instruction on: {withoutNamespaces}"),
            Measure("no capabilities, no new privileges", bounded, "neither bubblewrap nor setpriv is there"),
            Measure("resource limits", true, null),
            Measure("ends with the supervisor", bounded, "neither bubblewrap nor setpriv is there"),
        ];
    }

    private static IsolationMeasure Measure(string name, bool given, string? whyNot) => new(name, given, given ? null : whyNot);
}
