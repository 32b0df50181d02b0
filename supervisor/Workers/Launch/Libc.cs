using System.Runtime.InteropServices;

namespace Sandbox.Supervisor.Workers.Launch;

/// <summary>
/// The system calls that .NET has no word for. Each takes and returns integers alone, so nothing managed is pinned or freed behind the runtime's back.
/// </summary>
internal static partial class Libc
{
    public const int SignalKill = 9;

    private const int DuplicateCloseOnExec = 1030;
    private const long PidfdSendSignal = 424;
    private const long PidfdOpen = 434;
    private const long CloseRange = 436;
    private const uint CloseRangeCloseOnExec = 4;

    /// <summary>A second descriptor of the same pipe, not inherited by children.</summary>
    public static int Duplicate(int descriptor) => Check(fcntl(descriptor, DuplicateCloseOnExec, 0), "fcntl(F_DUPFD_CLOEXEC)");

    /// <summary>A handle on a process that a later process of the same number cannot be mistaken for; -1 where it is gone or the kernel is older than 5.3.</summary>
    public static int OpenProcess(int processId) => (int)syscall(PidfdOpen, processId, 0, 0, 0);

    /// <summary>Whether the signal was sent; false where the process is gone.</summary>
    public static bool SignalProcess(int processDescriptor, int signal) => syscall(PidfdSendSignal, processDescriptor, signal, 0, 0) == 0;

    /// <summary>Negative process numbers mean a process group. Whether the signal was sent.</summary>
    public static bool Signal(int processId, int signal) => kill(processId, signal) == 0;

    public static void Close(int descriptor) => _ = close(descriptor);

    public static int UserId() => (int)geteuid();

    public static int GroupId() => (int)getegid();

    /// <summary>Marks every descriptor from 3 on as not inherited: what the supervisor itself was started with (sockets of systemd, a shell's) is no business of a worker. Kernel 5.11.</summary>
    public static bool KeepDescriptorsFromChildren() => syscall(CloseRange, 3, uint.MaxValue, CloseRangeCloseOnExec, 0) == 0;

    private static int Check(int result, string call) =>
        result >= 0 ? result : throw new LaunchException($"{call} failed: {Marshal.GetLastPInvokeErrorMessage()}");

#pragma warning disable IDE1006, SYSLIB1054 // the names are libc's
    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(int descriptor, int command, long argument);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int processId, int signal);

    [LibraryImport("libc")]
    private static partial uint geteuid();

    [LibraryImport("libc")]
    private static partial uint getegid();

    [LibraryImport("libc", SetLastError = true)]
    private static partial long syscall(long number, long a, long b, long c, long d);
#pragma warning restore IDE1006, SYSLIB1054
}
