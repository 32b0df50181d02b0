using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Usage;

/// <summary>The usage for those who may read executions.</summary>
internal sealed class UsageService(UsageStore store) : IUsage
{
    public async Task<Result<Page<UsageDay>>> ListAsync(
        Principal principal, UsageFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.ExecutionsRead);
        return entered.Problem is { } refused ? refused : await store.ListAsync(entered.Value, filter, page, cancellationToken);
    }
}
