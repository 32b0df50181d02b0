using Dapper;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Scripts;

/// <summary>
/// The count of a script's failures in a row. It is removed in the transaction that resumes or deletes the script; the queue counts.
/// </summary>
internal static class FailureRowStore
{
    public static Task DeleteAsync(TenantTransaction transaction, Guid tenantId, Guid id, CancellationToken cancellationToken)
    {
        const string sql = "delete from sandbox.failures_in_a_row where tenant_id = @tenantId and script_id = @id";
        return transaction.Connection.ExecuteAsync(new CommandDefinition(sql, new { tenantId, id }, cancellationToken: cancellationToken));
    }
}
