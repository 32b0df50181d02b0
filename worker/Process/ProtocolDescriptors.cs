using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sandbox.Worker.Process;

/// <summary>
/// The pipe's ends, moved away from 0 and 1 before anything else is loaded: whatever a library reads from standard input is
/// nothing, and what it prints goes to standard error, which is the worker's log.
/// </summary>
internal readonly record struct ProtocolDescriptors(int Input, int Output)
{
    private const int LowestFd = 64;

    public static ProtocolDescriptors MoveAway()
    {
        var input = Require(Native.Fcntl(0, Native.FcntlDupFdCloexec, LowestFd), "move standard input");
        var output = Require(Native.Fcntl(1, Native.FcntlDupFdCloexec, LowestFd), "move standard output");
        var none = Require(Native.Open("/dev/null", Native.ORdwr), "open /dev/null");
        Require(Native.Dup2(none, 0), "replace standard input");
        Require(Native.Dup2(2, 1), "point standard output at standard error");
        Require(Native.Close(none), "close /dev/null");
        return new ProtocolDescriptors(input, output);
    }

    public SafeFileHandle OwnInput() => new(Input, ownsHandle: true);

    public SafeFileHandle OwnOutput() => new(Output, ownsHandle: true);

    private static int Require(int answer, string step) =>
        answer >= 0 ? answer : throw new HardeningException($"{step}: errno {Marshal.GetLastPInvokeError()}");
}
