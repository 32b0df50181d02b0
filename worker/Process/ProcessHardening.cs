using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Sandbox.Protocol.Rpc;

namespace Sandbox.Worker.Process;

/// <summary>
/// What the worker does to itself before V8 is loaded, in this order, each step failing with an error of its own. The launcher
/// has done the rest from outside (namespaces, empty root, cgroup, capabilities); this holds even where it could not.
/// <list type="number">
/// <item>no new privileges (Documentation/userspace-api/no_new_privs.rst; also what an unprivileged seccomp filter asks for)</item>
/// <item>not dumpable: no core, and no other process of this uid may attach (prctl(2))</item>
/// <item>core size 0, hard</item>
/// <item>the seccomp filter, on all threads at once</item>
/// </list>
/// </summary>
internal static class ProcessHardening
{
    /// <summary>The launcher binds the filter here, read-only: an array of <c>struct sock_filter</c>, 8 bytes each.</summary>
    public const string FilterPath = "/seccomp.bpf";

    private const int InstructionBytes = 8;
    private const int InstructionsMax = 4096;
    private const int OperationClass = 0x07;
    private const int Jump = 0x05;

    /// <param name="filterDescriptor">Where the launcher has opened the filter for reading, on a machine where it could bind none; null elsewhere.</param>
    public static unsafe void Apply(int? filterDescriptor)
    {
        Require(Native.PrCtl(Native.PrSetNoNewPrivs, 1, 0, 0, 0), "prctl(PR_SET_NO_NEW_PRIVS)");
        Require(Native.PrCtl(Native.PrSetDumpable, 0, 0, 0, 0), "prctl(PR_SET_DUMPABLE)");
        var none = default(Native.Rlimit);
        Require(Native.SetRlimit(Native.RlimitCore, &none), "setrlimit(RLIMIT_CORE)");
        if (filterDescriptor is { } descriptor) LoadFilter(ReadAndClose(descriptor));
        else if (File.Exists(FilterPath)) LoadFilter(File.ReadAllBytes(FilterPath));
    }

    private static byte[] ReadAndClose(int descriptor)
    {
        using var file = new SafeFileHandle(descriptor, ownsHandle: true);
        var filter = new byte[InstructionsMax * InstructionBytes];
        return filter[..RandomAccess.Read(file, filter, 0)];
    }

    private static unsafe void LoadFilter(byte[] filter)
    {
        if (filter.Length == 0 || filter.Length % InstructionBytes != 0 || filter.Length / InstructionBytes > InstructionsMax)
            throw new HardeningException($"{FilterPath}: {filter.Length} bytes are no filter program");

        NameOwnProcess(filter);
        fixed (byte* instructions = filter)
        {
            var program = new Native.SockFprog { Length = (ushort)(filter.Length / InstructionBytes), Filter = instructions };
            // TSYNC: the runtime's own threads exist already. It answers the id of a thread that could not be synchronised.
            var answer = Native.Syscall(Native.SysSeccomp, Native.SeccompSetModeFilter, Native.SeccompFilterFlagTsync, &program);
            if (answer > 0) throw new HardeningException($"seccomp({FilterPath}): thread {answer} could not be synchronised");
            Require((int)answer, $"seccomp({FilterPath})");
        }
    }

    /// <summary>In each comparison of the filter that stands for this process. Without one the runtime could not signal its own threads, and would end.</summary>
    private static void NameOwnProcess(Span<byte> filter)
    {
        var isNamed = false;
        for (; filter.Length > 0; filter = filter[InstructionBytes..])
        {
            // struct sock_filter: the operation in 16 bits, two distances in 8 each, the constant in 32.
            var operation = BinaryPrimitives.ReadUInt16LittleEndian(filter);
            if ((operation & OperationClass) != Jump || BinaryPrimitives.ReadUInt32LittleEndian(filter[4..]) != FilterTemplate.OwnProcessId) continue;
            BinaryPrimitives.WriteInt32LittleEndian(filter[4..], Environment.ProcessId);
            isNamed = true;
        }

        if (!isNamed) throw new HardeningException($"{FilterPath} leaves no place for the worker's own process");
    }

    private static void Require(int answer, string step)
    {
        if (answer != 0) throw new HardeningException($"{step}: errno {Marshal.GetLastPInvokeError()}");
    }
}

/// <summary>A step of <see cref="ProcessHardening"/> failed; the worker does not start.</summary>
internal sealed class HardeningException(string message) : Exception(message);
