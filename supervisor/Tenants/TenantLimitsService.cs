using Microsoft.Extensions.Options;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Tenants;

/// <summary>The limits as the directory has them, which is what executions are held to.</summary>
internal sealed class TenantLimitsService(ITenantDirectory tenants, IOptions<DatabaseOptions> database) : ITenantLimits
{
    public Task<Result<TenantLimits>> GetAsync(Principal principal, CancellationToken cancellationToken) => Task.FromResult(Get(principal));

    public Task<Result<HistoryKept>> HistoryAsync(Principal principal, CancellationToken cancellationToken)
    {
        var limits = Get(principal);
        Result<HistoryKept> kept = limits.Value is { } found ? new HistoryKept(database.Value.HistoryDays, found.HistoryBytes) : limits.Problem!;
        return Task.FromResult(kept);
    }

    private Result<TenantLimits> Get(Principal principal)
    {
        var entered = principal.Enter(Permissions.SettingsManage);
        if (entered.Problem is { } refused) return refused;
        return tenants.ById(entered.Value) is { } tenant ? tenant.Limits : Problem.NotFound("There is no such tenant any more.");
    }
}
