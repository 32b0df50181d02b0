namespace Sandbox.Protocol.Api;

/// <summary>How long and how much of a tenant's executions is kept.</summary>
/// <param name="Days">Older days are dropped whole; the operator sets it for all tenants.</param>
/// <param name="BytesMax">Budget of the inputs, outputs and logs.</param>
public sealed record HistoryKept(int Days, long BytesMax);

/// <summary>The limits of the principal's own tenant. They ask for <see cref="Permissions.SettingsManage"/>; a superadmin alone sets them.</summary>
public interface ITenantLimits
{
    /// <summary>Those in force.</summary>
    Task<Result<TenantLimits>> GetAsync(Principal principal, CancellationToken cancellationToken);

    /// <summary>How long and how much history is kept.</summary>
    Task<Result<HistoryKept>> HistoryAsync(Principal principal, CancellationToken cancellationToken);
}
