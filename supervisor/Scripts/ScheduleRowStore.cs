using System.Text;
using Dapper;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Scripts;

/// <summary>The schedule of a script, kept in the transaction that writes the script.</summary>
internal static class ScheduleRowStore
{
    /// <summary>
    /// Makes the schedule that the script's trigger asks for, or removes the one that it no longer asks for. Another expression or zone,
    /// and a script that is enabled again, begin now: the time before is not caught up.
    /// </summary>
    public static Task WriteAsync(TenantTransaction transaction, Script script, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into sandbox.schedules as old (tenant_id, script_id, cron, timezone, overlap, misfire, enabled)
            values (@tenantId, @id, @cron, @timezone, @overlap, @misfire, @enabled)
            on conflict (tenant_id, script_id) do update
            set cron = excluded.cron, timezone = excluded.timezone, overlap = excluded.overlap, misfire = excluded.misfire,
                enabled = excluded.enabled,
                since = case when (old.cron, old.timezone) = (excluded.cron, excluded.timezone) and old.enabled >= excluded.enabled
                    then old.since else excluded.since end,
                next_at = case when (old.cron, old.timezone) = (excluded.cron, excluded.timezone) and old.enabled >= excluded.enabled
                    then old.next_at else excluded.next_at end
            """;
        if (script.Kind != ScriptKind.Scheduled || script.Trigger is not { } text
            || JsonShape.Read(Encoding.UTF8.GetBytes(text.Text), ScriptsJson.Default.CronTrigger).Value is not { Cron: { } cron } trigger)
        {
            return DeleteAsync(transaction, script.TenantId, script.Id, cancellationToken);
        }

        var parameters = new { script.TenantId, script.Id, cron, trigger.Timezone, trigger.Overlap, trigger.Misfire, script.Enabled };
        return transaction.Connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
    }

    public static Task DeleteAsync(TenantTransaction transaction, Guid tenantId, Guid id, CancellationToken cancellationToken)
    {
        const string sql = "delete from sandbox.schedules where tenant_id = @tenantId and script_id = @id";
        return transaction.Connection.ExecuteAsync(new CommandDefinition(sql, new { tenantId, id }, cancellationToken: cancellationToken));
    }
}
