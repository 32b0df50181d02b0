using System.Globalization;
using System.Text;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Workers.Launch;

/// <summary>
/// A stand-in for <c>/proc/self/maps</c>, the one file of <c>/proc</c> that .NET cannot start without: glibc's <c>pthread_getattr_np</c>
/// reads it to find how far the main thread's stack may grow (nptl/pthread_getattr_np.c), and CoreCLR gives up without an answer.
/// A worker gets this file, the same for all, in place of a <c>/proc</c>: lines of 4 MB that cover where x86-64 Linux may put a stack
/// (16 GB of randomisation below 2^47, arch/x86/mm/mmap.c). glibc takes the line that holds the stack's end, the limit of RLIMIT_STACK counted from the
/// line's end, and subtracts what the line before it takes; hence the empty line of its own before each.
/// </summary>
internal static class StackMap
{
    private const long Lowest = 0x7ffb_0000_0000;
    private const long Highest = 0x7fff_ffff_f000;
    private const long LineBytes = 4 * 1024 * 1024;

    public static string Text()
    {
        var text = new StringBuilder();
        for (var from = Lowest; from < Highest; from += LineBytes)
            text.Append(CultureInfo.InvariantCulture, $"0-1\n{from:x}-{Math.Min(from + LineBytes, Highest):x}\n");
        return text.ToString();
    }
}
