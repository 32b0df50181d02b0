using System.Buffers.Binary;

namespace Sandbox.Protocol.Rpc;

/// <summary>
/// A page shared by a worker and its supervisor: one slot per entry thread, holding the invocation that is on that thread
/// now, 0 for none. The worker writes it before and after every entry, which costs a store instead of a message; the
/// supervisor reads it once the worker is dead, to tell whose turn it was when V8 aborted or the kernel killed it.
/// Untrusted like all a worker says: a slot counts only if it names a live invocation of that worker.
/// </summary>
public static class RunningBoard
{
    /// <summary>Size of the file, bytes. It never grows: the worker's RLIMIT_FSIZE is 0.</summary>
    public const int SizeBytes = 4096;

    /// <summary>Slots of 8 bytes, little endian.</summary>
    public const int Slots = SizeBytes / sizeof(long);

    /// <summary>Inherited file descriptor on which a worker finds the page.</summary>
    public const int FileDescriptor = 3;

    /// <summary>Invocations that were on a thread when the page was last written.</summary>
    public static IReadOnlyList<long> Read(ReadOnlySpan<byte> page)
    {
        var running = new List<long>();
        for (var offset = 0; offset + sizeof(long) <= page.Length; offset += sizeof(long))
        {
            var invocation = BinaryPrimitives.ReadInt64LittleEndian(page[offset..]);
            if (invocation != 0) running.Add(invocation);
        }

        return running;
    }
}
