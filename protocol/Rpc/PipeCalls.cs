using System.Runtime.InteropServices;

namespace Sandbox.Protocol.Rpc;

/// <summary>
/// read(2), write(2) and what belongs to them: .NET's own streams hand every read and write of a pipe to a thread of the pool. Each returns -1 and sets errno.
/// </summary>
internal static unsafe partial class PipeCalls
{
    public const int Interrupted = 4;
    public const int WouldBlock = 11;
    public const short Writable = 4;
    private const int GetFlags = 3;
    private const int SetFlags = 4;
    private const int NonBlocking = 2048;

    /// <summary>Writes never wait from now on. It holds for every descriptor of this end of the pipe.</summary>
    public static bool NeverWait(int descriptor)
    {
        var flags = Control(descriptor, GetFlags, 0);
        return flags >= 0 && Control(descriptor, SetFlags, flags | NonBlocking) >= 0;
    }

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollEntry* entries, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(int descriptor, int command, int argument);

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
