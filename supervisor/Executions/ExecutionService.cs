using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Executions;

/// <summary>Executions for those who need a permission: <see cref="ExecutionReader"/> does the work.</summary>
internal sealed class ExecutionService(ExecutionReader reader) : IExecutions
{
    private const int FollowAfterSeconds = 60;

    public async Task<Result<Execution>> GetAsync(Principal principal, Guid id, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.ExecutionsRead);
        if (entered.Problem is { } refused) return refused;
        return await reader.GetAsync(entered.Value, id, cancellationToken) is { } execution ? execution : ExecutionReader.Missing(id);
    }

    public async Task<Result<Page<Execution>>> ListAsync(
        Principal principal, ExecutionFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.ExecutionsRead);
        return entered.Problem is { } refused ? refused : await reader.ListAsync(entered.Value, filter, page, cancellationToken);
    }

    public async Task<Result<ExecutionOutline>> OutlineAsync(Principal principal, ExecutionFilter filter, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.ExecutionsRead);
        if (entered.Problem is { } refused) return refused;
        // A search takes long, and the list has made it.
        if (filter.Text is not null) return Problem.Invalid(new FieldError("text", "an outline has no search; leave it out"));
        return await reader.OutlineAsync(entered.Value, filter, cancellationToken);
    }

    public async Task<Result<Page<LogLine>>> LogsAsync(
        Principal principal, Guid id, int afterSeq, int limit, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.ExecutionsRead);
        if (entered.Problem is { } refused) return refused;
        return await reader.LogsAsync(entered.Value, id, afterSeq, limit, cancellationToken) is { } page ? page : ExecutionReader.Missing(id);
    }

    public async Task<Result<Page<CallEntry>>> CallsAsync(
        Principal principal, Guid id, PageRequest page, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.ExecutionsRead);
        if (entered.Problem is { } refused) return refused;
        return await reader.CallsAsync(entered.Value, id, page, cancellationToken) is { } calls ? calls : ExecutionReader.Missing(id);
    }

    public async Task<Result<LogStream>> FollowLogsAsync(Principal principal, Guid id, int afterSeq, CancellationToken cancellationToken)
    {
        var found = await GetAsync(principal, id, cancellationToken);
        return found.Value is { } execution ? new LogStream(reader.FollowLogsAsync(execution.TenantId, id, afterSeq, cancellationToken)) : found.Problem!;
    }

    public Task<Result<ChangeStream>> FollowAsync(Principal principal, Guid? scriptId, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.ExecutionsRead);
        Result<ChangeStream> result = entered.Problem is { } refused ? refused
            : reader.Follow(entered.Value, scriptId, cancellationToken) is { } changes ? changes
            : new Problem(429, Codes.RateLimit, $"{ExecutionBell.ReadersMax} readers of the tenant follow its executions on this node already.") { RetryAfterSeconds = FollowAfterSeconds };
        return Task.FromResult(result);
    }

    public async Task<Result<RelatedExecutions>> RelatedAsync(Principal principal, Guid id, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.ExecutionsRead);
        if (entered.Problem is { } refused) return refused;
        return await reader.RelatedAsync(entered.Value, id, cancellationToken) is { } related ? related : ExecutionReader.Missing(id);
    }

    public async Task<Result<Execution>> CancelAsync(Principal principal, Guid id, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.ExecutionsCancel);
        return entered.Problem is { } refused ? refused : await reader.CancelAsync(entered.Value, id, cancellationToken);
    }
}
