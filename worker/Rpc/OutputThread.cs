using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.InteropServices;
using Sandbox.Worker.Process;

namespace Sandbox.Worker.Rpc;

/// <summary>
/// Writes the pipe on a thread of its own: whoever flushes only hands over bytes, and messages that come while one is being
/// written leave together. Bounded: a flush beyond <see cref="PendingBytesMax"/> waits for the supervisor to read.
/// </summary>
internal sealed class OutputThread : PipeWriter
{
    private const int PendingBytesMax = 4 * 1024 * 1024;
    private const int KeepBytesMax = 1024 * 1024;
    private readonly int _fd;
    private readonly object _gate = new();
    private ArrayBufferWriter<byte> _message = new(16 * 1024);
    private ArrayBufferWriter<byte> _pending = new(16 * 1024);
    private ArrayBufferWriter<byte> _writing = new(16 * 1024);
    private TaskCompletionSource? _room;
    private bool _idle = true;

    public OutputThread(int fd) => _fd = fd;

    public void Start() => new Thread(Run, 512 * 1024) { IsBackground = true, Name = "output" }.Start();

    // Under the RPC's own write lock: one message at a time, and the thread below sees it only once it is whole.
    public override Memory<byte> GetMemory(int sizeHint = 0) => _message.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => _message.GetSpan(sizeHint);

    public override void Advance(int bytes) => _message.Advance(bytes);

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        Task? wait = null;
        lock (_gate)
        {
            if (_pending.WrittenCount == 0)
            {
                (_pending, _message) = (_message, _pending);
            }
            else
            {
                _pending.Write(_message.WrittenSpan);
            }

            Empty(ref _message);
            if (_idle) Monitor.Pulse(_gate);
            if (_pending.WrittenCount > PendingBytesMax)
            {
                _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                wait = _room.Task;
            }
        }

        return wait is null ? new ValueTask<FlushResult>(default(FlushResult)) : new ValueTask<FlushResult>(AfterAsync(wait));
    }

    public override void CancelPendingFlush()
    {
    }

    public override void Complete(Exception? exception = null)
    {
    }

    private static async Task<FlushResult> AfterAsync(Task wait)
    {
        await wait;
        return default;
    }

    private static void Empty(ref ArrayBufferWriter<byte> buffer)
    {
        // A large message is no reason to hold its memory for good.
        if (buffer.Capacity > KeepBytesMax) buffer = new ArrayBufferWriter<byte>(16 * 1024);
        else buffer.ResetWrittenCount();
    }

    private void Run()
    {
        while (true)
        {
            TaskCompletionSource? room;
            lock (_gate)
            {
                while (_pending.WrittenCount == 0)
                {
                    _idle = true;
                    Monitor.Wait(_gate);
                }

                _idle = false;
                (_pending, _writing) = (_writing, _pending);
                room = _room;
                _room = null;
            }

            room?.SetResult();
            if (!WriteAll(_writing.WrittenSpan)) Native.ExitNow(0);
            Empty(ref _writing);
        }
    }

    private unsafe bool WriteAll(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            for (var done = 0; done < bytes.Length;)
            {
                var count = Native.Write(_fd, start + done, (nuint)(bytes.Length - done));
                if (count < 0 && Marshal.GetLastPInvokeError() == Native.Eintr) continue;
                if (count <= 0) return false;
                done += (int)count;
            }
        }

        return true;
    }
}
