using Dapper;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Scripts;

/// <summary>Ends the examples of a script with it.</summary>
internal static class ExampleRowStore
{
    /// <summary>In the transaction that deletes the script.</summary>
    public static Task DeleteAsync(TenantTransaction transaction, Guid tenantId, Guid scriptId, CancellationToken cancellationToken)
    {
        const string sql = "delete from sandbox.examples where tenant_id = @tenantId and script_id = @scriptId";
        return transaction.Connection.ExecuteAsync(
            new CommandDefinition(sql, new { tenantId, scriptId }, cancellationToken: cancellationToken));
    }
}
