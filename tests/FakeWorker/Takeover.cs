using System.Collections;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Sandbox.FakeWorker;

/// <summary>What somebody who runs code of his own in a worker tries first. Reports what came of it; the test judges.</summary>
internal static class Takeover
{
    private const int ReadOnly = 0;
    private const int WriteOnly = 1;
    private const int Create = 0x40;
    private const int Clone = 56;

    // Numbers of arch/x86/entry/syscalls/syscall_64.tbl. Arguments that would work if the call were allowed, where that is harmless.
    private static readonly (string Name, int Number, long[] Arguments)[] Attempts =
    [
        ("socket AF_UNIX", 41, [1, 1, 0]), ("socket AF_INET", 41, [2, 1, 0]), ("socket AF_INET6", 41, [10, 2, 0]), ("socket AF_NETLINK", 41, [16, 3, 0]),
        ("socket AF_PACKET", 41, [17, 3, 0]), ("socket AF_ALG", 41, [38, 5, 0]), ("socket AF_VSOCK", 41, [40, 1, 0]), ("socket AF_BLUETOOTH", 41, [31, 3, 0]),
        ("socketpair", 53, [1, 1, 0, 0]), ("connect", 42, [0, 0, 0]), ("bind", 49, [0, 0, 0]), ("sendmsg", 46, [0, 0, 0]), ("accept", 43, [0, 0, 0]),
        ("ptrace TRACEME", 101, [0, 0, 0, 0]), ("ptrace ATTACH 1", 101, [16, 1, 0, 0]), ("process_vm_readv", 310, [1, 0, 0, 0, 0, 0]), ("process_vm_writev", 311, [1, 0, 0, 0, 0, 0]), ("kcmp", 312, [1, 2, 0, 0, 0]),
        ("mount", 165, [0, 0, 0, 0, 0]), ("umount2", 166, [0, 0]), ("pivot_root", 155, [0, 0]), ("move_mount", 429, [0, 0, 0, 0, 0]), ("fsopen", 430, [0, 0]), ("open_tree", 428, [-100, 0, 0]), ("mount_setattr", 442, [0, 0, 0, 0, 0]), ("chroot", 161, [0]),
        ("unshare NEWUSER", 272, [0x1000_0000]), ("unshare NEWNS", 272, [0x2_0000]), ("unshare NEWNET", 272, [0x4000_0000]), ("setns", 308, [3, 0]),
        ("clone NEWUSER", 56, [0x1000_0011, 0, 0, 0, 0]), ("fork by clone", 56, [17, 0, 0, 0, 0]), ("fork", Kernel.Fork, []), ("clone3", 435, [0, 0]),
        ("bpf", 321, [0, 0, 0]), ("keyctl", 250, [0, -3, 0]), ("add_key", 248, [0, 0, 0, 0, -3]), ("request_key", 249, [0, 0, 0, 0]),
        ("io_uring_setup", 425, [1, 0]), ("io_uring_enter", 426, [0, 0, 0, 0]), ("userfaultfd", 323, [1]), ("perf_event_open", 298, [0, 0, -1, -1, 0]),
        ("kexec_load", 246, [0, 0, 0, 0]), ("init_module", 175, [0, 0, 0]), ("finit_module", 313, [3, 0, 0]), ("delete_module", 176, [0, 0]),
        ("personality", 135, [0xffff_ffff]), ("quotactl", 179, [0, 0, 0, 0]), ("acct", 163, [0]), ("reboot", 169, [0, 0, 0, 0]), ("swapon", 167, [0, 0]), ("syslog", 103, [10, 0, 0]),
        ("name_to_handle_at", 303, [-100, 0, 0, 0, 0]), ("open_by_handle_at", 304, [3, 0, 0]), ("memfd_create", 319, [0, 0]), ("memfd_secret", 447, [0]),
        ("ioctl TIOCSTI", 16, [0, 0x5412, 0]), ("ioctl TIOCLINUX", 16, [0, 0x541c, 0]), ("ioctl FIGETBSZ", 16, [3, 2, 0]),
        ("kill 1", Kernel.Kill, [1, 0]), ("kill all", Kernel.Kill, [-1, 0]), ("kill group", Kernel.Kill, [0, 0]), ("tkill 1", 200, [1, 0]), ("tgkill 1", Kernel.TgKill, [1, 1, 0]), ("rt_sigqueueinfo", 129, [1, 0, 0]),
        ("pidfd_open", 434, [1, 0]), ("pidfd_send_signal", 424, [0, 0, 0, 0]), ("pidfd_getfd", 438, [0, 0, 0]),
        ("setuid 0", 105, [0]), ("setresuid 0", 117, [0, 0, 0]), ("setgroups", 116, [0, 0]), ("capset", 126, [0, 0]), ("sethostname", 170, [0, 0]),
        ("prctl SET_PDEATHSIG", 157, [1, 0]), ("prctl SET_PTRACER", 157, [0x5961_6d61, -1]), ("prctl SET_MM", 157, [35, 1, 0]),
        ("inotify_init1", 294, [0]), ("fanotify_init", 300, [0, 0]), ("shmget", 29, [0, 4096, 0x3b6]), ("msgget", 68, [0, 0x3b6]), ("semget", 64, [0, 1, 0x3b6]), ("mq_open", 240, [0, 0x42, 0x1b6, 0]),
        ("settimeofday", 164, [0, 0]), ("clock_settime", 227, [0, 0]), ("adjtimex", 159, [0]), ("iopl", 172, [3]), ("ioperm", 173, [0, 1, 1]), ("modify_ldt", 154, [0, 0, 0]),
        ("mknod", 133, [0, 0, 0]), ("symlink", 88, [0, 0]), ("link", 86, [0, 0]), ("rename", 82, [0, 0]), ("unlink", 87, [0]), ("chmod", 90, [0, 0]), ("chown", 92, [0, 0, 0]), ("umask", 95, [0]),
        ("setsid", Kernel.SetSid, []), ("process_madvise", 440, [0, 0, 0, 0, 0]), ("landlock_create_ruleset", 444, [0, 0, 1]), ("move_pages", 279, [0, 0, 0, 0, 0, 0]), ("vhangup", 153, []),
        ("board grows", Kernel.FTruncate, [3, 1024 * 1024]), ("board falloc", 285, [3, 0, 0, 1024 * 1024]),
    ];

    // A traced process stops at its next signal, a stopped init reaps nobody, and a file beyond its limit is a signal.
    private static readonly string[] Fatal = ["ptrace TRACEME", "ptrace ATTACH 1", "board grows", "board falloc"];

    /// <param name="careful">Leaves out what would stop it for good where no filter is in the way.</param>
    public static string Findings(bool careful)
    {
        var readable = new List<string>();
        var writable = new List<string>();
        Walk("/", readable, writable);
        return JsonSerializer.Serialize(new
        {
            readable,
            writable,
            calls = Attempts.Where(attempt => !careful || !Fatal.Contains(attempt.Name, StringComparer.Ordinal)).ToDictionary(attempt => attempt.Name, Try),
            limits = new Dictionary<string, string> { ["nofile"] = Raise(7), ["fsize"] = Raise(1), ["core"] = Raise(4) },
            environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value),
            processes = Enumerable.Range(1, 70_000).Where(process => Kernel.Call(Kernel.GetPgid, process) >= 0),
            process = Environment.ProcessId,
        });
    }

    private static string Try((string Name, int Number, long[] Arguments) attempt)
    {
        var a = attempt.Arguments.Concat(new long[6]).ToArray();
        var result = Kernel.Call(attempt.Number, a[0], a[1], a[2], a[3], a[4], a[5]);

        // A fork that worked: the child is in the way of what follows.
        if (result == 0 && attempt.Number is (Kernel.Fork or Clone)) Kernel.Call(Kernel.Exit);
        return result >= 0 ? "ok" : Kernel.Error(Marshal.GetLastPInvokeError());
    }

    private static unsafe string Raise(int resource)
    {
        var limit = stackalloc ulong[2] { 1_000_000, 1_000_000 };
        return Kernel.Try(302, 0, resource, (nint)limit, 0);
    }

    private static void Walk(string directory, List<string> readable, List<string> writable)
    {
        if (Opens(Path.Combine(directory, "new"), WriteOnly | Create) || Kernel.mkdir(Path.Combine(directory, "new"), 511) == 0) writable.Add(directory);
        string[] entries;
        try
        {
            entries = Directory.GetFileSystemEntries(directory);
        }
        catch (UnauthorizedAccessException)
        {
            return;
        }

        foreach (var entry in entries)
        {
            if (Opens(entry, WriteOnly)) writable.Add(entry);
            if (new FileInfo(entry).LinkTarget is null && Directory.Exists(entry)) Walk(entry, readable, writable);
            else if (Opens(entry, ReadOnly)) readable.Add(entry);
        }
    }

    private static bool Opens(string path, int flags)
    {
        var descriptor = Kernel.open(path, flags, 438);
        if (descriptor < 0) return false;
        _ = Kernel.close(descriptor);
        return true;
    }
}
