using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sandbox.Protocol.Rpc;

/// <summary>
/// Writes a pipe from the thread that has the message, as long as the pipe takes it; what it does not take at once is left to a thread of its own. Messages that
/// come while one is being written leave together. Bounded: a flush waits while more than <see cref="PendingBytesMax"/> are left to be read.
/// </summary>
public sealed class PipeOutput : PipeWriter
{
    private const int PendingBytesMax = 4 * 1024 * 1024;
    private const int KeepBytesMax = 1024 * 1024;
    private readonly SafeFileHandle _handle;
    private readonly string _name;
    private readonly Action? _ended;
    private readonly object _gate = new();
    private ArrayBufferWriter<byte> _message = new(16 * 1024);
    private ArrayBufferWriter<byte> _pending = new(16 * 1024);
    private ArrayBufferWriter<byte> _writing = new(16 * 1024);
    private TaskCompletionSource? _room;
    private Thread? _thread;
    private int _written;
    private bool _busy;
    private bool _handedOver;
    private bool _over;

    /// <param name="handle">The pipe's end; the owner disposes it.</param>
    /// <param name="name">Of the thread.</param>
    /// <param name="ended">Called once when the other side is gone.</param>
    public PipeOutput(SafeFileHandle handle, string name, Action? ended = null)
    {
        (_handle, _name, _ended) = (handle, name, ended);
        PipeCalls.NeverWait((int)handle.DangerousGetHandle());
    }

    // Under the RPC's own write lock: one message at a time, and nobody sees it before it is whole.
    /// <inheritdoc />
    public override Memory<byte> GetMemory(int sizeHint = 0) => _message.GetMemory(sizeHint);

    /// <inheritdoc />
    public override Span<byte> GetSpan(int sizeHint = 0) => _message.GetSpan(sizeHint);

    /// <inheritdoc />
    public override void Advance(int bytes) => _message.Advance(bytes);

    /// <inheritdoc />
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        Task? wait = null;
        bool mine;
        lock (_gate)
        {
            if (_pending.WrittenCount == 0) (_pending, _message) = (_message, _pending);
            else _pending.Write(_message.WrittenSpan);
            Empty(ref _message);
            if (_over) return new ValueTask<FlushResult>(new FlushResult(isCanceled: false, isCompleted: true));
            mine = !_busy;
            _busy = true;
            if (!mine && _pending.WrittenCount > PendingBytesMax)
            {
                _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                wait = _room.Task;
            }
        }

        if (mine) WriteOn(mayWait: false);
        return wait is null ? new ValueTask<FlushResult>(default(FlushResult)) : new ValueTask<FlushResult>(AfterAsync(wait, cancellationToken));
    }

    /// <inheritdoc />
    public override void CancelPendingFlush()
    {
    }

    /// <inheritdoc />
    public override void Complete(Exception? exception = null) => End();

    private static async Task<FlushResult> AfterAsync(Task wait, CancellationToken cancellationToken)
    {
        await wait.WaitAsync(cancellationToken).ConfigureAwait(false);
        return default;
    }

    private static void Empty(ref ArrayBufferWriter<byte> buffer)
    {
        // A large message is no reason to hold its memory for good.
        if (buffer.Capacity > KeepBytesMax) buffer = new ArrayBufferWriter<byte>(16 * 1024);
        else buffer.ResetWrittenCount();
    }

    /// <summary>Writes until nothing is left. Whoever calls has made itself the one that writes.</summary>
    private void WriteOn(bool mayWait)
    {
        while (true)
        {
            TaskCompletionSource? room = null;
            lock (_gate)
            {
                if (_over) return;
                if (_written == _writing.WrittenCount)
                {
                    Empty(ref _writing);
                    _written = 0;
                    if (_pending.WrittenCount == 0)
                    {
                        _busy = false;
                        return;
                    }

                    (_pending, _writing) = (_writing, _pending);
                    (room, _room) = (_room, null);
                }
            }

            room?.SetResult();
            switch (Write(mayWait))
            {
                case Progress.Whole:
                    continue;
                case Progress.WouldWait:
                    HandOver();
                    return;
                default:
                    End();
                    return;
            }
        }
    }

    private enum Progress
    {
        Whole = 0,
        WouldWait,
        Broken,
    }

    private unsafe Progress Write(bool mayWait)
    {
        var held = false;
        try
        {
            _handle.DangerousAddRef(ref held);
            var descriptor = (int)_handle.DangerousGetHandle();
            fixed (byte* start = _writing.WrittenSpan)
            {
                while (_written < _writing.WrittenCount)
                {
                    var count = PipeCalls.Write(descriptor, start + _written, (nuint)(_writing.WrittenCount - _written));
                    if (count > 0)
                    {
                        _written += (int)count;
                        continue;
                    }

                    var error = Marshal.GetLastPInvokeError();
                    if (count < 0 && error == PipeCalls.Interrupted) continue;
                    if (count == 0 || error != PipeCalls.WouldBlock) return Progress.Broken;
                    if (!mayWait) return Progress.WouldWait;
                    var entry = new PipeCalls.PollEntry { Descriptor = descriptor, Events = PipeCalls.Writable };
                    _ = PipeCalls.Poll(&entry, 1, milliseconds: 1_000);
                    if (Volatile.Read(ref _over)) return Progress.Broken;
                }
            }

            return Progress.Whole;
        }
        catch (ObjectDisposedException)
        {
            return Progress.Broken;
        }
        finally
        {
            if (held) _handle.DangerousRelease();
        }
    }

    private void HandOver()
    {
        lock (_gate)
        {
            _handedOver = true;
            if (_thread is null)
            {
                _thread = new Thread(Run, 512 * 1024) { IsBackground = true, Name = _name };
                _thread.Start();
            }

            Monitor.PulseAll(_gate);
        }
    }

    private void Run()
    {
        while (true)
        {
            lock (_gate)
            {
                while (!_handedOver && !_over) Monitor.Wait(_gate);
                if (_over) return;
                _handedOver = false;
            }

            WriteOn(mayWait: true);
        }
    }

    private void End()
    {
        TaskCompletionSource? room;
        lock (_gate)
        {
            if (_over) return;
            _over = true;
            (room, _room) = (_room, null);
            Monitor.PulseAll(_gate);
        }

        room?.SetResult();
        _ended?.Invoke();
    }
}
