using System.IO.Pipelines;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sandbox.Protocol.Rpc;

/// <summary>
/// Reads a pipe on a thread of its own, and runs the loop of whoever reads from it there, inline: a message is taken when it comes, whatever
/// happens on the thread pool, and costs no change of thread. A reader that is behind by more than a frame holds the thread, and so the other side.
/// </summary>
public sealed class PipeInput
{
    private const int ReadBytes = 64 * 1024;
    private readonly SafeFileHandle _handle;
    private readonly Action? _ended;
    private readonly Func<int, TimeSpan>? _pause;
    private readonly string _name;
    private readonly object _rest = new();

    private readonly Pipe _pipe = new(new PipeOptions(
        readerScheduler: PipeScheduler.Inline,
        writerScheduler: PipeScheduler.Inline,
        // The reader takes a frame once it is whole, and none is longer than RpcProtocol.FrameBytesMax: the pipe must hold one.
        pauseWriterThreshold: 64L * 1024 * 1024,
        resumeWriterThreshold: 32L * 1024 * 1024,
        minimumSegmentSize: ReadBytes,
        useSynchronizationContext: false));

    /// <param name="handle">The pipe's end; held open until the pipe is over.</param>
    /// <param name="name">Of the thread.</param>
    /// <param name="ended">Called on the thread when nothing comes any more.</param>
    /// <param name="pause">Asked after each read with its bytes: how long the other side is to be held up.</param>
    public PipeInput(SafeFileHandle handle, string name, Action? ended = null, Func<int, TimeSpan>? pause = null) =>
        (_handle, _name, _ended, _pause) = (handle, name, ended, pause);

    /// <summary>What comes; it completes with the pipe.</summary>
    public PipeReader Reader => _pipe.Reader;

    /// <summary>Begins to read; call it once, when the reader is ready.</summary>
    public void Start() => new Thread(Run, 512 * 1024) { IsBackground = true, Name = _name }.Start();

    private void Run()
    {
        var held = false;
        try
        {
            _handle.DangerousAddRef(ref held);
            ReadAll((int)_handle.DangerousGetHandle());
        }
        catch (ObjectDisposedException)
        {
            // Closed before it began.
        }
        finally
        {
            if (held) _handle.DangerousRelease();
        }

        _pipe.Writer.Complete();
        _ended?.Invoke();
    }

    private void Rest(TimeSpan wait)
    {
        lock (_rest) Monitor.Wait(_rest, wait);
    }

    private unsafe void ReadAll(int descriptor)
    {
        while (true)
        {
            var memory = _pipe.Writer.GetMemory(ReadBytes);
            nint count;
            fixed (byte* start = memory.Span) count = PipeCalls.Read(descriptor, start, (nuint)memory.Length);
            if (count < 0 && Marshal.GetLastPInvokeError() == PipeCalls.Interrupted) continue;
            if (count <= 0) return;
            _pipe.Writer.Advance((int)count);
            var flush = _pipe.Writer.FlushAsync();
            // Only this thread waits, and only while a reader has more than a whole frame before it.
            var result = flush.IsCompleted ? flush.Result : flush.AsTask().GetAwaiter().GetResult();
            if (result.IsCompleted) return;
            if (_pause?.Invoke((int)count) is { Ticks: > 0 } wait) Rest(wait);
        }
    }
}
