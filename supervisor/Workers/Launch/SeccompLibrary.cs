using System.Runtime.InteropServices;

namespace Sandbox.Supervisor.Workers.Launch;

/// <summary>
/// libseccomp, which compiles a list of system calls to the kernel's filter program (seccomp_init(3) and on). Writing BPF by hand would be a
/// second implementation of the part where a mistake is silent. Called at start alone.
/// </summary>
internal static partial class SeccompLibrary
{
    public const uint Allow = 0x7fff_0000;
    private const uint Errno = 0x0005_0000;
    private const uint KillProcess = 0x8000_0000;
    private const int BadArchitecture = 2;
    private const int Optimise = 8;
    private const int MaskedEqual = 7;

    public static uint Fail(int errno) => Errno | (uint)errno;

    /// <summary>The program as the kernel takes it: an array of <c>struct sock_filter</c>.</summary>
    public static byte[] Compile(SeccompPolicy policy, string scratchPath)
    {
        var context = seccomp_init(policy.Default);
        if (context == 0) throw new LaunchException("seccomp_init failed.");
        try
        {
            // A call by the number of another architecture (x32, i386) would pass by the list. Its default ends the thread alone.
            Check(seccomp_attr_set(context, BadArchitecture, KillProcess), "seccomp_attr_set(ACT_BADARCH)");

            // A binary tree instead of a chain of comparisons.
            Check(seccomp_attr_set(context, Optimise, 2), "seccomp_attr_set(CTL_OPTIMIZE)");
            foreach (var rule in policy.Rules) Add(context, rule);
            return Export(context, scratchPath);
        }
        finally
        {
            seccomp_release(context);
        }
    }

    private static void Add(nint context, SeccompRule rule)
    {
        // A call that this libseccomp does not know stays refused by the default.
        var number = seccomp_syscall_resolve_name(rule.Call);
        if (number < 0) return;

        if (rule.Argument is not { } argument)
        {
            Check(seccomp_rule_add_array(context, rule.Action, number, 0, default), $"seccomp_rule_add({rule.Call})");
            return;
        }

        var comparison = new Comparison { Argument = argument.Index, Operator = MaskedEqual, Mask = argument.Mask, Value = argument.Value };
        Check(seccomp_rule_add_array(context, rule.Action, number, 1, in comparison), $"seccomp_rule_add({rule.Call})");
    }

    private static byte[] Export(nint context, string scratchPath)
    {
        using (var file = File.OpenHandle(scratchPath, FileMode.Create, FileAccess.Write))
        {
            Check(seccomp_export_bpf(context, (int)file.DangerousGetHandle()), "seccomp_export_bpf");
        }

        return File.ReadAllBytes(scratchPath);
    }

    private static void Check(int result, string call)
    {
        if (result < 0) throw new LaunchException($"{call} failed: error {-result}");
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Comparison
    {
        public uint Argument;
        public int Operator;
        public ulong Mask;
        public ulong Value;
    }

    private const string Library = "libseccomp.so.2";

#pragma warning disable IDE1006 // the names are the library's
    [LibraryImport(Library)]
    private static partial nint seccomp_init(uint defaultAction);

    [LibraryImport(Library)]
    private static partial void seccomp_release(nint context);

    [LibraryImport(Library)]
    private static partial int seccomp_attr_set(nint context, int attribute, uint value);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int seccomp_syscall_resolve_name(string name);

    [LibraryImport(Library)]
    private static partial int seccomp_rule_add_array(nint context, uint action, int syscall, uint count, in Comparison comparisons);

    [LibraryImport(Library)]
    private static partial int seccomp_export_bpf(nint context, int descriptor);
#pragma warning restore IDE1006
}
