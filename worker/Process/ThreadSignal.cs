using System.Runtime.InteropServices;

namespace Sandbox.Worker.Process;

/// <summary>
/// What one thread waits for and any other may set, by futex(2): unlike a semaphore or an event of .NET it never spins first. On few cores a thread
/// that spins takes the time of the very thread it waits for.
/// </summary>
internal sealed unsafe class ThreadSignal
{
    private const int SysFutex = 202;
    private const int WaitPrivate = 128;
    private const int WakePrivate = 129;

    // Not in the managed heap: the kernel is given its address. As many as there are entry threads, for the life of the process.
    private readonly int* _set = (int*)NativeMemory.AllocZeroed(sizeof(int));

    /// <summary>Returns once it is set, and clears it. For one thread only.</summary>
    public void Wait()
    {
        while (Interlocked.Exchange(ref *_set, 0) == 0) _ = Native.Futex(SysFutex, _set, WaitPrivate, 0, null);
    }

    public void Set()
    {
        if (Interlocked.Exchange(ref *_set, 1) == 0) _ = Native.Futex(SysFutex, _set, WakePrivate, 1, null);
    }
}
