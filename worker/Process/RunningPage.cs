using Sandbox.Protocol.Rpc;

namespace Sandbox.Worker.Process;

/// <summary>The worker's side of <see cref="RunningBoard"/>: one store before and one after an entry, no message.</summary>
internal sealed unsafe class RunningPage
{
    private readonly long* _slots;

    private RunningPage(long* slots) => _slots = slots;

    /// <summary>Maps the inherited page; private memory where the worker was started without one.</summary>
    public static RunningPage Open()
    {
        if (Native.Fcntl(RunningBoard.FileDescriptor, Native.FcntlGetFd, 0) >= 0)
        {
            var page = Native.Mmap(null, RunningBoard.SizeBytes, Native.ProtReadWrite, Native.MapShared, RunningBoard.FileDescriptor, 0);
            if ((nint)page != -1)
            {
                _ = Native.Close(RunningBoard.FileDescriptor);
                return new RunningPage((long*)page);
            }
        }

        return new RunningPage((long*)System.Runtime.InteropServices.NativeMemory.AllocZeroed(RunningBoard.SizeBytes));
    }

    public void Set(int slot, long invocation) => Volatile.Write(ref _slots[slot], invocation);
}
