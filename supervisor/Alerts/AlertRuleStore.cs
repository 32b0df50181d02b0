using Dapper;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Alerts;

/// <summary>Rules by tenant and name.</summary>
internal sealed class AlertRuleStore(Db db)
{
    /// <summary>Rules of a tenant.</summary>
    public const int CountMax = 50;

    public async Task<Page<AlertRule>> ListAsync(Guid tenantId, PageRequest page, CancellationToken cancellationToken)
    {
        const string sql = $"select {AlertRuleRow.Columns} from sandbox.alert_rules r where r.tenant_id = @tenantId and r.name > @after order by r.name limit @take";
        var after = page.Cursor is null ? "" : Cursor.ReadKey(page.Cursor);
        var limit = Math.Clamp(page.Limit, 1, 200);
        await using var tenant = await db.TenantAsync(tenantId, cancellationToken);
        var rows = (await tenant.Connection.QueryAsync<AlertRuleRow>(new CommandDefinition(sql, new { tenantId, after, take = limit + 1 }, cancellationToken: cancellationToken))).AsList();
        var items = rows.Take(limit).Select(row => row.ToRule()).ToArray();
        return new Page<AlertRule>(items, rows.Count > limit ? Cursor.Of(items[^1].Name) : null);
    }

    /// <summary>Null where there is none.</summary>
    public async Task<AlertRule?> GetAsync(Guid tenantId, string name, CancellationToken cancellationToken)
    {
        const string sql = $"select {AlertRuleRow.Columns} from sandbox.alert_rules r where r.tenant_id = @tenantId and r.name = @name";
        await using var tenant = await db.TenantAsync(tenantId, cancellationToken);
        return (await tenant.Connection.QuerySingleOrDefaultAsync<AlertRuleRow>(new CommandDefinition(sql, new { tenantId, name }, cancellationToken: cancellationToken)))?.ToRule();
    }

    /// <summary>Names among these that are no channels of the tenant.</summary>
    public async Task<IReadOnlyList<string>> UnknownChannelsAsync(Guid tenantId, IReadOnlyCollection<string> channels, CancellationToken cancellationToken)
    {
        const string sql = """
            select given.name from unnest(@channels) as given (name)
            where not exists (select from sandbox.alert_channels c where c.tenant_id = @tenantId and c.name = given.name)
            """;
        await using var tenant = await db.TenantAsync(tenantId, cancellationToken);
        return (await tenant.Connection.QueryAsync<string>(new CommandDefinition(sql, new { tenantId, channels = channels.ToArray() }, cancellationToken: cancellationToken))).AsList();
    }

    /// <summary>The rule as it is now, and whether it is new; null where the tenant has as many as it may.</summary>
    public async Task<(AlertRule Rule, bool IsNew)?> PutAsync(Guid tenantId, AlertRule rule, string updatedBy, CancellationToken cancellationToken)
    {
        const string put = """
            insert into sandbox.alert_rules as r (
                tenant_id, name, enabled, conditions, script_id, kinds, channels, failures, late_after_s, dead_letters, wait_s, throttle_s, updated_by)
            select @tenantId, @name, @enabled, @conditions, @scriptId, @kinds, @channels, @failures, @lateAfterS, @deadLetters, @waitS, @throttleS, @updatedBy
            where (select count(*) from sandbox.alert_rules where tenant_id = @tenantId and name <> @name) < @countMax
            on conflict (tenant_id, name) do update set enabled = excluded.enabled, conditions = excluded.conditions, script_id = excluded.script_id,
                kinds = excluded.kinds, channels = excluded.channels, failures = excluded.failures, late_after_s = excluded.late_after_s,
                dead_letters = excluded.dead_letters, wait_s = excluded.wait_s, throttle_s = excluded.throttle_s, updated_by = excluded.updated_by,
                quiet_until = null, updated_at = greatest(clock_timestamp(), r.updated_at + interval '1 microsecond')
            returning r.created_at as CreatedAt, r.updated_at as UpdatedAt, xmax = 0 as IsNew
            """;
        await using var tenant = await db.TenantAsync(tenantId, cancellationToken);

        // Writers of one tenant go one by one, so that none of them counts too few.
        await tenant.Connection.ExecuteAsync(new CommandDefinition(
            "select pg_advisory_xact_lock(hashtextextended('sandbox alert settings ' || @tenantId::text, 0))", new { tenantId }, cancellationToken: cancellationToken));
        var parameters = new
        {
            tenantId,
            rule.Name,
            rule.Enabled,
            conditions = rule.On.Select(EnumText<AlertCondition>.Of).ToArray(),
            scriptId = rule.Script,
            kinds = rule.Kinds.Select(EnumText<ScriptKind>.Of).ToArray(),
            channels = rule.Channels.ToArray(),
            rule.Failures,
            rule.LateAfterS,
            rule.DeadLetters,
            rule.WaitS,
            rule.ThrottleS,
            updatedBy = StoredText.Encode(updatedBy),
            countMax = CountMax,
        };
        var row = await tenant.Connection.QuerySingleOrDefaultAsync<(DateTime CreatedAt, DateTime UpdatedAt, bool IsNew)?>(
            new CommandDefinition(put, parameters, cancellationToken: cancellationToken));
        await tenant.CommitAsync(cancellationToken);
        return row is not { } written
            ? null
            : (rule with { CreatedAt = new DateTimeOffset(written.CreatedAt), UpdatedAt = new DateTimeOffset(written.UpdatedAt) }, written.IsNew);
    }

    /// <summary>False where there is none.</summary>
    public async Task<bool> DeleteAsync(Guid tenantId, string name, CancellationToken cancellationToken)
    {
        await using var tenant = await db.TenantAsync(tenantId, cancellationToken);
        var deleted = await tenant.Connection.ExecuteAsync(new CommandDefinition(
            "delete from sandbox.alert_rules where tenant_id = @tenantId and name = @name", new { tenantId, name }, cancellationToken: cancellationToken));
        await tenant.CommitAsync(cancellationToken);
        return deleted == 1;
    }
}
