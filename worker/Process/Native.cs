using System.Runtime.InteropServices;

namespace Sandbox.Worker.Process;

/// <summary>The C library calls that .NET has no door to. Each returns -1 and sets errno, unless said otherwise.</summary>
internal static unsafe partial class Native
{
    public const int PrSetDumpable = 4;
    public const int PrSetNoNewPrivs = 38;
    public const int RlimitCore = 4;
    public const int SysSeccomp = 317;
    public const int SeccompSetModeFilter = 1;
    public const int SeccompFilterFlagTsync = 1;
    public const int ClockThreadCpuTime = 3;
    public const int Eintr = 4;
    public const int FcntlDupFdCloexec = 1030;
    public const int FcntlGetFd = 1;
    public const int ORdwr = 2;
    public const int ProtReadWrite = 3;
    public const int MapShared = 1;
    public const int PrioProcess = 0;

    [StructLayout(LayoutKind.Sequential)]
    public struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Rlimit
    {
        public ulong Soft;
        public ulong Hard;
    }

    /// <summary>struct sock_fprog of linux/filter.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct SockFprog
    {
        public ushort Length;
        public void* Filter;
    }

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    public static partial int PrCtl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    public static partial int SetRlimit(int resource, Rlimit* limit);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial nint Syscall(nint number, nint a, nint b, void* c);

    [LibraryImport("libc", EntryPoint = "syscall")]
    public static partial nint Futex(nint number, int* word, nint operation, nint value, void* timeout);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Fcntl(int fd, int command, int argument);

    [LibraryImport("libc", EntryPoint = "dup2", SetLastError = true)]
    public static partial int Dup2(int from, int to);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int fd, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int fd, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "getrandom", SetLastError = true)]
    public static partial nint GetRandom(Span<byte> buffer, nuint count, uint flags);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    public static partial void* Mmap(void* address, nuint length, int protection, int flags, int fd, nint offset);

    [LibraryImport("libc", EntryPoint = "setenv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetEnv(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "setpriority", SetLastError = true)]
    public static partial int SetPriority(int which, int who, int priority);

    [LibraryImport("libc", EntryPoint = "gettid")]
    public static partial int GetTid();

    [LibraryImport("libc", EntryPoint = "pthread_self")]
    public static partial nint PthreadSelf();

    /// <summary>Returns an error number.</summary>
    [LibraryImport("libc", EntryPoint = "pthread_getcpuclockid")]
    public static partial int PthreadGetCpuClockId(nint thread, int* clock);

    // No callback, no blocking: the transition to preemptive mode would cost as much as the call.
    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    [SuppressGCTransition]
    public static partial int ClockGetTime(int clock, TimeSpec* time);

    [LibraryImport("libc", EntryPoint = "_exit")]
    public static partial void ExitNow(int status);
}
