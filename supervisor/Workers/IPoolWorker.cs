using Sandbox.Protocol.Rpc;
using Sandbox.Supervisor.Workers.Launch;

namespace Sandbox.Supervisor.Workers;

/// <summary>A worker as the pool and its lessees see it. Disposed by the pool once it has exited.</summary>
internal interface IPoolWorker : IAsyncDisposable
{
    /// <summary>Number of the process, from 1 in each supervisor.</summary>
    int Number { get; }

    int ProcessId { get; }

    /// <summary>Monotonic.</summary>
    long StartedAt { get; }

    /// <summary>Its pipe is over or it is being killed: it takes nothing any more, though it may not be gone yet.</summary>
    bool Broken { get; }

    /// <summary>The process is dead and its cgroup gone.</summary>
    Task<WorkerExit> Exited { get; }

    /// <summary>Bytes of memory that were admitted: the limit in force.</summary>
    long MemoryAdmittedBytes { get; }

    /// <summary>What the process uses now, by its cgroup.</summary>
    CgroupUsage ReadUsage();

    /// <summary>Whether it was given this version before.</summary>
    bool Knows(string versionKey);

    /// <summary>
    /// Has it make an isolate for a version, in its turn; returns where the worker breaks meanwhile too, which the execution then meets.
    /// </summary>
    /// <param name="request">Its limits, source and schema count.</param>
    /// <param name="max">From its turn on; a worker that takes longer is killed.</param>
    Task PrepareAsync(InvocationRequest request, TimeSpan max);

    /// <summary>Runs one invocation, its request with source and schema. Never throws for what the worker does.</summary>
    Task<InvocationEnd> ExecuteAsync(InvocationRequest request, IInvocationSink sink);

    /// <summary>Parses a source and an input schema; null where the worker died of it.</summary>
    Task<SourceCheck?> CheckAsync(string source, string? inputSchema);

    /// <summary>Asks the worker to end an invocation; whoever asks arms a kill behind it.</summary>
    Task EndAsync(long invocation);

    /// <summary>Kills the process and all in its cgroup. It is <see cref="Broken"/> when this returns its task. The first reason stands.</summary>
    Task KillAsync(KillReason reason, string? detail = null);
}
