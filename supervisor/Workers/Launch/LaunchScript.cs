namespace Sandbox.Supervisor.Workers.Launch;

/// <summary>
/// The checklist of a launch, in the order in which it is carried out by the process that becomes the worker. <c>docs/decisions/0010-isolation.md</c>
/// has the same list with the reasons. A step that fails says which it is and ends the launch: nothing is skipped on the way.
/// </summary>
internal sealed class LaunchScript(LaunchPlan plan, RunDirectory run, string workerDirectory)
{
    /// <summary>Exit status of a launch that did not get to the worker.</summary>
    public const int FailedStep = 125;

    /// <summary>The worker as seen in its own root.</summary>
    public const string Executable = "/worker/Sandbox.Worker";

    private const string Stage = "/mnt";
    private const string Trial = "/trial";
    private const int FilterDescriptor = 9;
    private const int OpenFilesMax = 256;
    private const int LockedKilobytesMax = 64;

    /// <param name="number">Of the worker.</param>
    /// <param name="entries">The <c>cgroup.procs</c> files to enter; every limit of them is written already.</param>
    /// <param name="trial">Runs <c>true</c> in the worker's place: is the machine able to?</param>
    public string Compose(int number, IReadOnlyList<string> entries, bool trial)
    {
        var uid = plan.Uid(number);
        var steps = new List<string>
        {
            // 1. One message per failing step.
            $"fail() {{ echo \"launch: cannot $1\" >&2; exit {FailedStep}; }}",
        };

        // 2. Enter the control groups, whose limits are written already. Everything after is counted.
        steps.AddRange(entries.Select(entry => $"echo $$ > {ShellText.Quote(entry)} || fail {ShellText.Quote($"enter the cgroup {entry}")}"));

        // 3. Be the first that the kernel picks when the whole machine is out of memory.
        steps.Add("echo 1000 > /proc/self/oom_score_adj 2> /dev/null");

        // 4. Descriptors: the board, and the filter for bubblewrap to load. All others are closed on exec.
        steps.Add($"exec {Sandbox.Protocol.Rpc.RunningBoard.FileDescriptor}<> {ShellText.Quote(run.BoardPath(number))}");
        // Without bubblewrap nothing loads the outer one; the worker itself is given the inner one there, which has no root to bind it into.
        if (plan.OuterFilter is { } outer) steps.Add($"exec {FilterDescriptor}< {ShellText.Quote(plan.Namespaces ? outer : run.InnerFilterPath)}");

        // 5. Resource limits: no core dump, no file grows, few descriptors, little locked memory, and tasks counted by user id too.
        steps.Add("ulimit -c 0 || fail 'limit core dumps (RLIMIT_CORE)'");
        steps.Add("ulimit -f 0 || fail 'limit file sizes (RLIMIT_FSIZE)'");
        steps.Add($"ulimit -n {OpenFilesMax} || fail 'limit open files (RLIMIT_NOFILE)'");
        steps.Add($"ulimit -l {LockedKilobytesMax} || fail 'limit locked memory (RLIMIT_MEMLOCK)'");
        if (plan.OwnUid) steps.Add($"ulimit -p {plan.TasksMax} || fail 'limit tasks (RLIMIT_NPROC)'");

        // 6. to 9. Network, user, root: each program becomes the next.
        steps.Add(Become(uid, trial));
        return string.Join('\n', steps);
    }

    private string Become(long uid, bool trial)
    {
        var last = ShellText.Quote([.. User(uid), .. plan.Namespaces ? Bubblewrap(trial) : Bare(trial)]);
        return plan.Network switch
        {
            NetworkStep.Privileged => $"exec {plan.Tools.Unshare} --mount --net {MachineTools.Shell} -c {ShellText.Quote(string.Join('\n',
                $"fail() {{ echo \"launch: cannot $1\" >&2; exit {FailedStep}; }}",
                $"{plan.Tools.Mount} -n --bind {ShellText.Quote(run.RootPath)} {Stage} || fail {ShellText.Quote($"bind {run.RootPath} to {Stage}")}",
                $"{plan.Tools.Mount} -n --bind {ShellText.Quote(workerDirectory)} {Stage}/worker || fail {ShellText.Quote($"bind {workerDirectory} to {Stage}/worker")}",
                $"exec {last}"))}",
            NetworkStep.UserNamespace => $"exec {ShellText.Quote([.. User(uid), plan.Tools.Unshare!, "--user", "--map-current-user", "--net", .. Bubblewrap(trial)])}",
            NetworkStep.Bubblewrap or NetworkStep.None => $"exec {last}",
            _ => throw new InvalidOperationException($"No such network step: {plan.Network}."),
        };
    }

    private IEnumerable<string> User(long uid)
    {
        if (!plan.OwnUid) return [];
        return [plan.Tools.SetPriv!, $"--reuid={uid}", $"--regid={uid}", "--clear-groups", "--inh-caps=-all", "--ambient-caps=-all", "--bounding-set=-all"];
    }

    private List<string> Bubblewrap(bool trial)
    {
        var staged = plan.Network == NetworkStep.Privileged;
        var root = staged ? Stage : run.RootPath;
        List<string> words =
        [
            plan.Tools.Bubblewrap!,
            "--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup",
            "--die-with-parent", "--new-session", "--hostname", "worker", "--clearenv",
        ];
        if (plan.Network == NetworkStep.Bubblewrap) words.Add("--unshare-net");
        foreach (var (name, value) in WorkerEnvironment.Variables) words.AddRange(["--setenv", name, value]);
        foreach (var library in plan.Libraries) words.AddRange(["--ro-bind", library, library]);
        foreach (var device in (string[])["/dev/null", "/dev/zero", "/dev/urandom"]) words.AddRange(["--dev-bind", device, device]);
        words.AddRange(["--ro-bind", staged ? $"{Stage}/worker" : workerDirectory, "/worker"]);
        words.AddRange(["--ro-bind", $"{root}/{RunDirectory.StackMapName}", "/proc/self/maps"]);
        if (plan.OuterFilter is not null) words.AddRange(["--ro-bind", $"{root}/{RunDirectory.InnerFilterName}", $"/{RunDirectory.InnerFilterName}"]);
        if (trial) words.AddRange(["--ro-bind", plan.Tools.True!, Trial]);
        words.AddRange(["--remount-ro", "/", "--chdir", "/worker", "--cap-drop", "ALL"]);
        if (plan.OuterFilter is not null) words.AddRange(["--seccomp", FilterDescriptor.ToString()]);
        words.Add(trial ? Trial : Executable);
        return words;
    }

    private List<string> Bare(bool trial)
    {
        List<string> words = [];
        if (plan.Tools.SetPriv is { } setPriv) words.AddRange([setPriv, "--no-new-privs", "--pdeathsig=KILL"]);
        words.AddRange(["/usr/bin/env", "-i"]);
        words.AddRange(WorkerEnvironment.Variables.Select(variable => $"{variable.Key}={variable.Value}"));
        words.Add(trial ? plan.Tools.True! : Path.Combine(workerDirectory, "Sandbox.Worker"));
        if (plan.OuterFilter is not null && !trial) words.Add(FilterDescriptor.ToString());
        return words;
    }
}
