using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Sandbox.Supervisor.Executions;

/// <summary>Tells those who follow a tenant's executions that one began or ended on this node. It costs one comparison where nobody does.</summary>
internal sealed class ExecutionBell
{
    /// <summary>More readers of one tenant are not told.</summary>
    public const int ReadersMax = 100;

    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<Guid, Reader[]> _readers = new();
    private volatile int _count;

    public bool IsFull(Guid tenantId) => _readers.TryGetValue(tenantId, out var readers) && readers.Length >= ReadersMax;

    public void Ring(Guid tenantId, Guid scriptId)
    {
        if (_count == 0 || !_readers.TryGetValue(tenantId, out var readers)) return;
        foreach (var reader in readers)
            if (reader.ScriptId is null || reader.ScriptId == scriptId) reader.Rung.Writer.TryWrite(true);
    }

    /// <summary>Null where too many listen already. Must be disposed.</summary>
    /// <param name="tenantId">Whose executions.</param>
    /// <param name="scriptId">Of one script; null: of all.</param>
    public Reader? Listen(Guid tenantId, Guid? scriptId)
    {
        lock (_lock)
        {
            var readers = _readers.GetValueOrDefault(tenantId, []);
            if (readers.Length >= ReadersMax) return null;
            var reader = new Reader(this, tenantId, scriptId);
            _readers[tenantId] = [.. readers, reader];
            _count++;
            return reader;
        }
    }

    private void Leave(Reader reader)
    {
        lock (_lock)
        {
            Reader[] others = [.. _readers.GetValueOrDefault(reader.TenantId, []).Where(other => other != reader)];
            if (others.Length == 0) _readers.TryRemove(reader.TenantId, out _);
            else _readers[reader.TenantId] = others;
            _count--;
        }
    }

    /// <summary>One who is told.</summary>
    internal sealed class Reader(ExecutionBell bell, Guid tenantId, Guid? scriptId) : IDisposable
    {
        public Guid TenantId => tenantId;

        public Guid? ScriptId => scriptId;

        /// <summary>What came while the reader was busy is one ring.</summary>
        public Channel<bool> Rung { get; } = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

        /// <summary>The times at which something had come, with a pause after each.</summary>
        public async IAsyncEnumerable<DateTimeOffset> RingsAsync(TimeSpan pause, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            while (await Rung.Reader.WaitToReadAsync(cancellationToken))
            {
                while (Rung.Reader.TryRead(out _))
                {
                }

                yield return time.GetUtcNow();
                await Task.Delay(pause, time, cancellationToken);
            }
        }

        public void Dispose() => bell.Leave(this);
    }
}
