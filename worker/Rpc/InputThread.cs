using System.IO.Pipelines;
using System.Runtime.InteropServices;
using Sandbox.Worker.Process;

namespace Sandbox.Worker.Rpc;

/// <summary>
/// Reads the pipe on a thread of its own and runs the RPC loop there, inline: whatever happens on the thread pool, a message
/// is taken when it comes. Its end is the worker's end: without a supervisor there is nothing to run for.
/// </summary>
internal sealed class InputThread
{
    private const int ReadBytes = 64 * 1024;
    private readonly int _fd;
    private readonly Pipe _pipe = new(new PipeOptions(
        readerScheduler: PipeScheduler.Inline,
        writerScheduler: PipeScheduler.Inline,
        // The reader takes a frame once it is whole, and none is longer than RpcProtocol.FrameBytesMax: the pipe must hold one.
        pauseWriterThreshold: 64L * 1024 * 1024,
        resumeWriterThreshold: 32L * 1024 * 1024,
        minimumSegmentSize: ReadBytes,
        useSynchronizationContext: false));

    public InputThread(int fd) => _fd = fd;

    public PipeReader Reader => _pipe.Reader;

    public void Start() => new Thread(Run, 512 * 1024) { IsBackground = true, Name = "input" }.Start();

    private unsafe void Run()
    {
        while (true)
        {
            var memory = _pipe.Writer.GetMemory(ReadBytes);
            nint count;
            fixed (byte* start = memory.Span) count = Native.Read(_fd, start, (nuint)memory.Length);
            if (count < 0 && Marshal.GetLastPInvokeError() == Native.Eintr) continue;
            if (count <= 0) break;
            _pipe.Writer.Advance((int)count);
            var flush = _pipe.Writer.FlushAsync();
            // Only this thread waits, and only while a reader has more than a whole frame before it.
            var result = flush.IsCompleted ? flush.Result : flush.AsTask().GetAwaiter().GetResult();
            if (result.IsCompleted) break;
        }

        Native.ExitNow(0);
    }
}
