using Sandbox.Protocol.Rpc;
using Sandbox.Supervisor.Workers;
using Sandbox.Supervisor.Workers.Launch;

namespace Sandbox.Tests.Unit.Workers;

/// <summary>A worker that is no process: it ends when it is killed or when the test says so.</summary>
internal sealed class FakePoolWorker(int number, TimeProvider time) : IPoolWorker
{
    private readonly TaskCompletionSource<WorkerExit> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Number => number;
    public int ProcessId => 0;
    public long StartedAt { get; } = time.GetTimestamp();
    public bool Broken { get; private set; }
    public Task<WorkerExit> Exited => _exited.Task;
    public long MemoryAdmittedBytes => 100;

    /// <summary>What it uses of the 100 bytes admitted; negative: it cannot be read.</summary>
    public long MemoryBytes { get; set; } = 10;

    /// <summary>A kill breaks it and does not end it.</summary>
    public bool Unkillable { get; set; }

    /// <summary>The first reason it was killed for.</summary>
    public KillReason? KilledFor { get; private set; }

    public bool Disposed { get; private set; }

    public CgroupUsage ReadUsage() => MemoryBytes < 0 ? throw new IOException("No such group.") : new CgroupUsage(0, MemoryBytes, MemoryBytes, 0);

    public bool Knows(string versionKey) => true;

    public Task PrepareAsync(InvocationRequest request, TimeSpan max) => Task.CompletedTask;

    public Task<InvocationEnd> ExecuteAsync(InvocationRequest request, IInvocationSink sink) => throw new NotSupportedException();

    public Task<SourceCheck?> CheckAsync(string source, string? inputSchema) => throw new NotSupportedException();

    public Task EndAsync(long invocation) => Task.CompletedTask;

    /// <summary>Its pipe is over; it is not gone yet.</summary>
    public void Break() => Broken = true;

    /// <summary>It ends by itself.</summary>
    public void Exit()
    {
        Broken = true;
        _exited.TrySetResult(new WorkerExit(KilledFor is null ? 1 : null, KilledFor is null ? null : 9, KilledFor, 0, 0, 0, [], ""));
    }

    public Task KillAsync(KillReason reason, string? detail = null)
    {
        KilledFor ??= reason;
        Broken = true;
        if (!Unkillable) Exit();
        return Exited;
    }

    public ValueTask DisposeAsync()
    {
        Disposed = true;
        return default;
    }
}
