using Sandbox.Supervisor.Rest;
using Sandbox.Supervisor.Workers.Launch;
using Sandbox.Tests.Integration.Launch;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Security.Process;

/// <summary>A hostile program in the worker's place, confined from outside alone: it loads no filter and drops nothing itself.</summary>
[Collection(nameof(Launching))]
public sealed class TakeoverTests
{
    private static readonly string[] Devices = ["/dev/null", "/dev/urandom", "/dev/zero"];

    [Fact(Timeout = 60_000)]
    public async Task It_sees_no_file_but_the_runtimes_own_and_can_write_none()
    {
        await using var launching = await Launching.InitialisedAsync(TestContext.Current.CancellationToken);
        launching.MustGive("namespaces and an empty root");
        await using var process = await launching.StartAsync("takeover");
        var findings = await Findings.OfAsync(process);
        var libraries = RuntimeLibraries.Find();
        findings.Readable.Where(path => !path.StartsWith("/worker/", StringComparison.Ordinal))
            .ShouldBe([.. Devices, .. libraries, "/proc/self/maps", "/seccomp.bpf"], ignoreOrder: true);
        findings.Writable.ShouldBe(Devices, ignoreOrder: true);
    }

    [Fact(Timeout = 60_000)]
    public async Task Its_proc_is_one_text_that_is_the_same_for_all()
    {
        await using var launching = await Launching.InitialisedAsync(TestContext.Current.CancellationToken);
        launching.MustGive("namespaces and an empty root");
        await using var process = await launching.StartAsync("hang");
        await Launching.LineAsync(process);
        var proc = Findings.Proc(Launching.InnermostOf(process), "root/proc");
        Directory.GetFileSystemEntries(proc, "*", SearchOption.AllDirectories).ShouldBe([$"{proc}/self", $"{proc}/self/maps"], ignoreOrder: true);
        (await File.ReadAllTextAsync($"{proc}/self/maps", TestContext.Current.CancellationToken)).ShouldBe(StackMap.Text());
    }

    [Fact(Timeout = 60_000)]
    public async Task No_system_call_that_reaches_out_of_it_succeeds()
    {
        await using var launching = await Launching.InitialisedAsync(TestContext.Current.CancellationToken);
        launching.MustGive("seccomp filter");
        await using var process = await launching.StartAsync("takeover");
        var findings = await Findings.OfAsync(process);

        // EPERM, or ENOSYS: refused by the filter before the kernel has looked at an argument.
        findings.Calls.Where(call => call.Value is not ("EPERM" or "ENOSYS")).ShouldBeEmpty();
        findings.Calls.Count.ShouldBeGreaterThan(90);
        findings.Limits.Values.ShouldAllBe(result => result == "EPERM");
    }

    [Fact(Timeout = 60_000)]
    public async Task Without_the_filter_namespaces_and_credentials_still_refuse_what_matters_most()
    {
        await using var launching = await Launching.InitialisedAsync(TestContext.Current.CancellationToken, options => options.Without = Measures.Seccomp);
        launching.MustGive("namespaces and an empty root");
        await using var process = await launching.StartAsync("takeover careful");
        var findings = await Findings.OfAsync(process);
        string[] refused =
        [
            "mount", "umount2", "pivot_root", "move_mount", "fsopen", "chroot", "unshare NEWNS", "unshare NEWNET", "kexec_load", "init_module",
            "delete_module", "swapon", "reboot", "acct", "quotactl", "setuid 0", "setresuid 0", "setgroups", "sethostname", "settimeofday", "clock_settime",
            "iopl", "ioperm", "bpf", "open_by_handle_at",
        ];
        findings.Calls.Where(call => refused.Contains(call.Key, StringComparer.Ordinal) && call.Value == "ok").ShouldBeEmpty();
    }

    [Fact(Timeout = 60_000)]
    public async Task It_sees_no_process_but_itself_and_its_init()
    {
        await using var launching = await Launching.InitialisedAsync(TestContext.Current.CancellationToken);
        launching.MustGive("namespaces and an empty root");
        await using var process = await launching.StartAsync("takeover");
        var findings = await Findings.OfAsync(process);
        findings.Process.ShouldBe(2);

        // Threads have numbers too, and are found by them.
        var worker = Launching.InnermostOf(process);
        var threads = Directory.GetDirectories(Findings.Proc(worker, "task")).Select(task => int.Parse(Findings.StatusOf(task, "NSpid").Split('\t')[^1]));
        findings.Processes.Except(threads).ShouldBe([1]);
        Launching.ProcessesOf(process).Count(id => Findings.Namespace(id, "pid") == Findings.Namespace(worker, "pid")).ShouldBe(2);
    }

    [Fact(Timeout = 60_000)]
    public async Task Its_environment_is_empty_but_for_the_runtimes_switches()
    {
        await using var launching = await Launching.InitialisedAsync(TestContext.Current.CancellationToken);
        await using var process = await launching.StartAsync("takeover");
        var findings = await Findings.OfAsync(process);

        // bubblewrap sets PWD; it says /worker to all.
        findings.Environment.Keys.Where(name => name is not "PWD" && !name.StartsWith("DOTNET_", StringComparison.Ordinal)).ShouldBeEmpty();
        findings.Environment.GetValueOrDefault("PWD", "/worker").ShouldBe("/worker");
    }

    [Fact(Timeout = 60_000)]
    public async Task It_has_no_capability_no_new_privileges_and_a_filter()
    {
        await using var launching = await Launching.InitialisedAsync(TestContext.Current.CancellationToken);
        launching.MustGive("no capabilities, no new privileges");
        launching.MustGive("seccomp filter");
        await using var process = await launching.StartAsync("hang");
        await Launching.LineAsync(process);
        var worker = Launching.InnermostOf(process);
        foreach (var set in (string[])["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"]) Findings.Status(worker, set).ShouldBe("0000000000000000", set);
        Findings.Status(worker, "NoNewPrivs").ShouldBe("1");
        Findings.Status(worker, "Seccomp").ShouldBe("2");
    }

    [Fact(Timeout = 60_000)]
    public async Task Its_user_id_is_nobody_elses()
    {
        await using var launching = await Launching.InitialisedAsync(TestContext.Current.CancellationToken);
        launching.MustGive("user id of its own");
        await using var first = await launching.StartAsync("hang");
        await using var second = await launching.StartAsync("hang");
        await Launching.LineAsync(first);
        await Launching.LineAsync(second);
        var ids = new[] { first, second }.Select(process => Findings.Status(Launching.InnermostOf(process), "Uid").Split('\t')).ToList();
        ids.ShouldAllBe(four => four.Distinct(StringComparer.Ordinal).Count() == 1);
        ids[0][0].ShouldNotBe(ids[1][0]);
        ids.Select(four => long.Parse(four[0])).ShouldAllBe(id => id >= 1_879_048_192);
        foreach (var process in new[] { first, second })
        {
            Findings.Status(Launching.InnermostOf(process), "Groups").ShouldBeEmpty();
            Findings.Status(Launching.InnermostOf(process), "Gid").Split('\t')[0].ShouldBe(Findings.Status(Launching.InnermostOf(process), "Uid").Split('\t')[0]);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Every_namespace_is_its_own()
    {
        await using var launching = await Launching.InitialisedAsync(TestContext.Current.CancellationToken);
        launching.MustGive("namespaces and an empty root");
        await using var process = await launching.StartAsync("hang");
        await using var other = await launching.StartAsync("hang");
        await Launching.LineAsync(process);
        await Launching.LineAsync(other);
        foreach (var kind in (string[])["user", "pid", "net", "mnt", "ipc", "uts", "cgroup"])
        {
            string[] found = [Findings.Namespace(Launching.InnermostOf(process), kind), Findings.Namespace(Launching.InnermostOf(other), kind), Findings.Namespace(Environment.ProcessId, kind)];
            found.Distinct(StringComparer.Ordinal).Count().ShouldBe(3, kind);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Its_network_has_no_interface_that_is_up()
    {
        await using var launching = await Launching.InitialisedAsync(TestContext.Current.CancellationToken);
        launching.MustGive("network without an interface");
        await using var process = await launching.StartAsync("hang");
        await Launching.LineAsync(process);
        var worker = Launching.InnermostOf(process);

        // An interface that is up has an address, and a local route to it: of IPv4 in fib_trie, of IPv6 in if_inet6.
        (await File.ReadAllTextAsync(Findings.Proc(worker, "net/fib_trie"), TestContext.Current.CancellationToken)).ShouldBeEmpty();
        var addresses = Findings.Proc(worker, "net/if_inet6");
        if (File.Exists(addresses)) (await File.ReadAllTextAsync(addresses, TestContext.Current.CancellationToken)).ShouldBeEmpty();
        File.ReadLines(Findings.Proc(worker, "net/dev")).Skip(2).ShouldAllBe(line => line.TrimStart().StartsWith("lo:", StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task It_inherits_three_pipes_and_the_board_and_nothing_of_the_supervisors()
    {
        // Inheritable by intent, as a socket of systemd's would be.
        using var mine = new System.IO.Pipes.AnonymousPipeServerStream(System.IO.Pipes.PipeDirection.In, HandleInheritability.Inheritable);
        await using var launching = await Launching.InitialisedAsync(TestContext.Current.CancellationToken);
        await using var process = await launching.StartAsync("hang");
        await Launching.LineAsync(process);
        var descriptors = Findings.Descriptors(Launching.InnermostOf(process));
        foreach (var standard in (int[])[0, 1, 2]) descriptors[standard].ShouldStartWith("pipe:");
        string[] own = [descriptors[0], descriptors[1], descriptors[2]];
        own.Distinct(StringComparer.Ordinal).Count().ShouldBe(3);
        descriptors[3].ShouldEndWith("board-1");
        var supervisors = Findings.Descriptors(Environment.ProcessId).Values.Where(target => target.StartsWith("pipe:", StringComparison.Ordinal) || target.StartsWith("socket:", StringComparison.Ordinal)).ToHashSet(StringComparer.Ordinal);
        var shared = descriptors.Where(descriptor => descriptor.Key > 3 && supervisors.Contains(descriptor.Value) && !own.Contains(descriptor.Value, StringComparer.Ordinal));
        shared.ShouldBeEmpty();
        descriptors.Where(descriptor => descriptor.Key > 3).Select(descriptor => descriptor.Value)
            .ShouldAllBe(target => target.StartsWith("pipe:", StringComparison.Ordinal) || target.StartsWith("anon_inode:", StringComparison.Ordinal) || target.StartsWith("/worker/", StringComparison.Ordinal) || target.StartsWith("/dev/", StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task Its_resource_limits_are_set_hard()
    {
        await using var launching = await Launching.InitialisedAsync(TestContext.Current.CancellationToken);
        await using var process = await launching.StartAsync("hang");
        await Launching.LineAsync(process);
        var worker = Launching.InnermostOf(process);
        Findings.HardLimit(worker, "Max core file size").ShouldBe("0");
        Findings.HardLimit(worker, "Max file size").ShouldBe("0");
        Findings.HardLimit(worker, "Max open files").ShouldBe("256");
        Findings.HardLimit(worker, "Max locked memory").ShouldBe("65536");
        if (launching.Launcher.Report.Measures.Single(measure => measure.Name == "user id of its own").Given) Findings.HardLimit(worker, "Max processes").ShouldBe("64");
        (await File.ReadAllTextAsync(Findings.Proc(worker, "oom_score_adj"), TestContext.Current.CancellationToken)).Trim().ShouldBe("1000");
    }

    [Fact(Timeout = 60_000)]
    public async Task The_board_cannot_grow()
    {
        await using var launching = await Launching.InitialisedAsync(TestContext.Current.CancellationToken);
        await using var process = await launching.StartAsync("grow-board");
        (await process.Exited).Signal.ShouldBe(25); // SIGXFSZ
    }

    [Fact(Timeout = 60_000)]
    public async Task A_call_of_another_architecture_ends_it()
    {
        await using var launching = await Launching.InitialisedAsync(TestContext.Current.CancellationToken);
        launching.MustGive("seccomp filter");
        await using var process = await launching.StartAsync("foreign-call");
        (await process.Exited).Signal.ShouldBe(31); // SIGSYS
    }
}
