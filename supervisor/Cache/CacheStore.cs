using Npgsql;
using NpgsqlTypes;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Cache;

/// <summary>Keys of one script, or of a whole tenant where the script is the nil UUID. Not Dapper: each statement travels with the tenant's setting in one message.</summary>
internal sealed class CacheStore(Db db) : ICacheKeys
{
    public Task<string?> GetAsync(Guid tenantId, Guid scriptId, string key, CancellationToken cancellationToken) => db.AsTenantAsync(
        tenantId,
        Keyed(
            """
            select value::text from sandbox.cache
            where tenant_id = $1 and script_id = $2 and key = $3 and (expires_at is null or expires_at > now())
            """,
            tenantId, scriptId, key),
        reader => reader.HasRows ? reader.GetString(0) : null,
        cancellationToken);

    public Task<bool> ExistsAsync(Guid tenantId, Guid scriptId, string key, CancellationToken cancellationToken) => db.AsTenantAsync(
        tenantId,
        Keyed(
            """
            select 1 from sandbox.cache
            where tenant_id = $1 and script_id = $2 and key = $3 and (expires_at is null or expires_at > now())
            """,
            tenantId, scriptId, key),
        reader => reader.HasRows,
        cancellationToken);

    public Task SetAsync(Guid tenantId, Guid scriptId, string key, string value, long? ttlSeconds, CancellationToken cancellationToken)
    {
        var command = Keyed(
            """
            insert into sandbox.cache (tenant_id, script_id, key, value, expires_at)
            values ($1, $2, $3, $4, now() + make_interval(secs => $5))
            on conflict (tenant_id, script_id, key) do update set value = excluded.value, expires_at = excluded.expires_at
            """,
            tenantId, scriptId, key);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Json });
        command.Parameters.Add(Seconds(ttlSeconds));
        return db.AsTenantAsync(tenantId, command, static _ => true, cancellationToken);
    }

    public Task<bool> DeleteAsync(Guid tenantId, Guid scriptId, string key, CancellationToken cancellationToken) => db.AsTenantAsync(
        tenantId,
        Keyed(
            """
            with gone as (delete from sandbox.cache where tenant_id = $1 and script_id = $2 and key = $3 returning expires_at)
            select 1 from gone where expires_at is null or expires_at > now()
            """,
            tenantId, scriptId, key),
        reader => reader.HasRows,
        cancellationToken);

    public Task<string?> IncrementAsync(Guid tenantId, Guid scriptId, string key, long by, CancellationToken cancellationToken)
    {
        var command = Keyed(
            """
            insert into sandbox.cache as c (tenant_id, script_id, key, value) values ($1, $2, $3, to_json($4))
            on conflict (tenant_id, script_id, key) do update set
                value = case when c.expires_at <= now() then excluded.value else to_json((c.value #>> '{}')::numeric + $4) end,
                expires_at = case when c.expires_at <= now() then null else c.expires_at end
            where c.expires_at <= now() or json_typeof(c.value) = 'number'
            returning value::text
            """,
            tenantId, scriptId, key);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = by });
        return db.AsTenantAsync(tenantId, command, reader => reader.HasRows ? reader.GetString(0) : null, cancellationToken);
    }

    public Task<bool> ExpireAsync(Guid tenantId, Guid scriptId, string key, long ttlSeconds, CancellationToken cancellationToken)
    {
        var command = Keyed(
            """
            update sandbox.cache set expires_at = now() + make_interval(secs => $4)
            where tenant_id = $1 and script_id = $2 and key = $3 and (expires_at is null or expires_at > now())
            returning 1
            """,
            tenantId, scriptId, key);
        command.Parameters.Add(Seconds(ttlSeconds));
        return db.AsTenantAsync(tenantId, command, reader => reader.HasRows, cancellationToken);
    }

    /// <summary>Keys and bytes of a tenant, as they are stored.</summary>
    public Task<(long Keys, long Bytes)> UsedAsync(Guid tenantId, CancellationToken cancellationToken) => db.AsTenantAsync(
        tenantId,
        new NpgsqlBatchCommand("select count(*), coalesce(sum(pg_column_size(key) + pg_column_size(value)), 0)::bigint from sandbox.cache where tenant_id = $1")
        {
            Parameters = { new NpgsqlParameter<Guid> { TypedValue = tenantId } },
        },
        reader => (reader.GetInt64(0), reader.GetInt64(1)),
        cancellationToken);

    /// <summary>Removes some of what has expired; how many.</summary>
    public async Task<int> SweepAsync(int most, CancellationToken cancellationToken)
    {
        await using var command = db.System.CreateCommand(
            """
            delete from sandbox.cache c using (
                select tenant_id, script_id, key from sandbox.cache where expires_at <= now() limit $1) old
            where c.tenant_id = old.tenant_id and c.script_id = old.script_id and c.key = old.key and c.expires_at <= now()
            """);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = most });
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlBatchCommand Keyed(string sql, Guid tenantId, Guid scriptId, string key) => new(sql)
    {
        Parameters =
        {
            new NpgsqlParameter<Guid> { TypedValue = tenantId },
            new NpgsqlParameter<Guid> { TypedValue = scriptId },
            new NpgsqlParameter<string> { TypedValue = key },
        },
    };

    private static NpgsqlParameter Seconds(long? seconds) => new() { Value = seconds is { } some ? (double)some : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Double };
}
