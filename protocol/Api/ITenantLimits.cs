namespace Sandbox.Protocol.Api;

/// <summary>The limits of the principal's own tenant. They ask for <see cref="Permissions.SettingsManage"/>; a superadmin alone sets them.</summary>
public interface ITenantLimits
{
    /// <summary>Those in force.</summary>
    Task<Result<TenantLimits>> GetAsync(Principal principal, CancellationToken cancellationToken);
}
