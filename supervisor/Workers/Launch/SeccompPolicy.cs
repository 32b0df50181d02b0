using Sandbox.Protocol.Rpc;

namespace Sandbox.Supervisor.Workers.Launch;

/// <summary>
/// The system calls a worker may make: all others are refused. Found by tracing a worker with V8 from its start through load to its end, and by what
/// glibc, CoreCLR's PAL and V8's platform layer call. The outer policy holds from before the worker's first instruction (bubblewrap loads it and
/// needs <c>execve</c> after); the inner one is loaded by the worker itself before V8 and takes away what only a start needs.
/// </summary>
internal sealed record SeccompPolicy(uint Default, IReadOnlyList<SeccompRule> Rules)
{
    private const int NotPermitted = 1;
    private const int NoSuchCall = 38;

    /// <summary>In bubblewrap's process namespace the worker is always the second process.</summary>
    private const ulong SecondProcess = 2;

    private const ulong ThreadFlag = 0x0001_0000;

    /// <summary>CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET.</summary>
    private const ulong NamespaceFlags = 0x7e02_0000;

    /// <summary>O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND and the own bit of O_TMPFILE.</summary>
    private const ulong WriteFlags = 0x1 | 0x2 | 0x40 | 0x200 | 0x400 | 0x40_0000;

    private static readonly string[] Always =
    [
        // Memory. mprotect and mmap with PROT_EXEC stay: two just-in-time compilers live here.
        "mmap", "mprotect", "munmap", "mremap", "madvise", "brk", "mincore", "mlock", "munlock", "membarrier", "get_mempolicy",

        // Descriptors it has, and pipes and events of its own.
        "read", "write", "readv", "writev", "pread64", "pwrite64", "close", "lseek", "dup", "dup2", "dup3", "fcntl", "flock", "fsync", "fdatasync",
        "pipe", "pipe2", "eventfd2", "poll", "ppoll", "select", "pselect6",
        "epoll_create", "epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait",

        // Looking at the read-only root.
        "stat", "lstat", "fstat", "newfstatat", "statx", "access", "faccessat", "faccessat2", "readlink", "readlinkat", "getdents64", "getcwd",
        "statfs", "fstatfs", "fadvise64",

        // Threads and their signals.
        "futex", "set_robust_list", "rseq", "set_tid_address", "arch_prctl", "gettid", "restart_syscall", "exit", "exit_group",
        "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "rt_sigpending", "rt_sigsuspend", "rt_sigtimedwait", "sigaltstack",
        "sched_yield", "sched_getaffinity", "sched_setaffinity", "sched_getparam", "sched_getscheduler", "sched_setscheduler",
        "sched_get_priority_max", "sched_get_priority_min", "getpriority", "setpriority", "getcpu",

        // Time.
        "nanosleep", "clock_nanosleep", "clock_gettime", "clock_getres", "gettimeofday", "time", "times",
        "timer_create", "timer_settime", "timer_gettime", "timer_delete",

        // What it is and what it has used.
        "getpid", "getppid", "getpgrp", "getpgid", "getsid", "getuid", "geteuid", "getgid", "getegid", "getresuid", "getresgid", "getgroups",
        "getrandom", "getrusage", "getrlimit", "sysinfo", "uname",
    ];

    // glibc tries these first and falls back to an older call, but only where it is told that they do not exist.
    private static readonly string[] Unknown = ["clone3", "openat2", "epoll_pwait2", "futex_waitv", "close_range", "pkey_alloc", "memfd_secret"];

    private static readonly SeccompRule[] Narrowed =
    [
        // A thread, never a process, never a namespace.
        new("clone", SeccompLibrary.Allow, new(0, ThreadFlag | NamespaceFlags, ThreadFlag)),

        // TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIOCLEX: what a library asks of a descriptor of which it knows nothing. No TIOCSTI.
        .. new ulong[] { 0x5401, 0x5413, 0x541b, 0x5421, 0x5451 }.Select(request => new SeccompRule("ioctl", SeccompLibrary.Allow, new(1, 0xffff_ffff, request))),

        // Its own limits, which can only sink: the hard ones are set.
        new("prlimit64", SeccompLibrary.Allow, new(0, 0xffff_ffff, 0)),

        // PR_SET_NAME, PR_GET_NAME, PR_GET_DUMPABLE, PR_GET_SECCOMP, PR_GET_NO_NEW_PRIVS, PR_CAPBSET_READ, PR_SET_VMA (names of memory areas).
        .. new ulong[] { 15, 16, 3, 21, 39, 23, 0x5356_4d41 }.Select(option => new SeccompRule("prctl", SeccompLibrary.Allow, new(0, 0xffff_ffff, option))),
    ];

    public static SeccompPolicy Outer { get; } = new(SeccompLibrary.Fail(NotPermitted),
    [
        .. Common(SecondProcess),

        // bubblewrap's own last steps: become the worker, reap it.
        Allow("execve"), Allow("wait4"), Allow("waitid"),
        Allow("open"), Allow("openat"),

        // The worker's own hardening: seccomp(2), PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, PR_SET_DUMPABLE.
        Allow("seccomp"),
        new("prctl", SeccompLibrary.Allow, new(0, 0xffff_ffff, 4)),
        new("prctl", SeccompLibrary.Allow, new(0, 0xffff_ffff, 22)),
        new("prctl", SeccompLibrary.Allow, new(0, 0xffff_ffff, 38)),
    ]);

    public static SeccompPolicy Inner { get; } = new(SeccompLibrary.Fail(NotPermitted),
    [
        .. Common(FilterTemplate.OwnProcessId),
        new("open", SeccompLibrary.Allow, new(1, WriteFlags, 0)),
        new("openat", SeccompLibrary.Allow, new(2, WriteFlags, 0)),
    ]);

    private static IEnumerable<SeccompRule> Common(ulong worker) =>
    [
        .. Always.Select(Allow), .. Unknown.Select(call => new SeccompRule(call, SeccompLibrary.Fail(NoSuchCall))), .. Narrowed,

        // The runtime suspends its own threads with it, and ends the process where it cannot; abort(3) ends in it.
        new("tgkill", SeccompLibrary.Allow, new(0, 0xffff_ffff, worker)),
    ];

    private static SeccompRule Allow(string call) => new(call, SeccompLibrary.Allow);
}

/// <summary>What is done with a call, or with a call whose argument fits.</summary>
internal sealed record SeccompRule(string Call, uint Action, SeccompArgument? Argument = null);

/// <summary>Fits where the masked argument has this value.</summary>
internal sealed record SeccompArgument(uint Index, ulong Mask, ulong Value);
