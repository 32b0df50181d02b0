namespace Sandbox.Supervisor.Entities;

/// <summary>Event ids 3400–3499.</summary>
internal static partial class EntitiesLog
{
    [LoggerMessage(3400, LogLevel.Warning, "The database {Database} of Sandbox:Databases cannot be reached; its entities are refused meanwhile")]
    public static partial void DatabaseUnreachable(ILogger logger, string database, Exception exception);

    [LoggerMessage(3401, LogLevel.Warning, "The entity {Entity} of tenant {TenantId} no longer fits its table and is left out. {Reason}")]
    public static partial void EntityLeftOut(ILogger logger, string entity, Guid tenantId, string reason);
}
