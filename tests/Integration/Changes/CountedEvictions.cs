using System.Collections.Concurrent;
using Sandbox.Protocol.Api;

namespace Sandbox.Tests.Integration.Changes;

/// <summary>Stands in for what runs: nothing does, and what is ended is written down.</summary>
internal sealed class CountedEvictions : IExecutions
{
    private readonly TaskCompletionSource<Guid> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ConcurrentQueue<Guid> Evicted { get; } = [];

    /// <summary>The tenant whose executions were ended first.</summary>
    public Task<Guid> First => _first.Task;

    public Task EvictAsync(Guid tenantId)
    {
        Evicted.Enqueue(tenantId);
        _first.TrySetResult(tenantId);
        return Task.CompletedTask;
    }

    public Task<RunResult> RunAsync(RunRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<RunResult> RefuseAsync(RunRequest request, string code, string message, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<Execution?> GetAsync(Guid tenantId, Guid id, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<Page<Execution>> ListAsync(Guid tenantId, ExecutionFilter filter, PageRequest page, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<Page<LogLine>?> LogsAsync(Guid tenantId, Guid id, int afterSeq, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();

    public IAsyncEnumerable<LogLine> FollowLogsAsync(Guid tenantId, Guid id, int afterSeq, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<Result<Execution>> CancelAsync(Guid tenantId, Guid id, CancellationToken cancellationToken) => throw new NotSupportedException();
}
