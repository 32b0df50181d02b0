using Npgsql;
using NpgsqlTypes;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.Queue;

namespace Sandbox.Supervisor.Schedules;

/// <summary>The scheduler's statements: all tenants. Not Dapper: parameters are whole columns.</summary>
internal sealed class ScheduleTickStore(Db db)
{
    /// <summary>Schedules of one transaction.</summary>
    public const int DueMax = 500;

    /// <summary>When the next schedule after <paramref name="now"/> is due; null: none is.</summary>
    public async Task<DateTimeOffset?> NextAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = db.System.CreateCommand("select min(next_at) from sandbox.schedules where next_at > $1");
        command.Parameters.Add(Time(now));
        return await command.ExecuteScalarAsync(cancellationToken) is DateTime next ? new DateTimeOffset(next) : null;
    }

    public async Task<ScheduleTick> BeginAsync(CancellationToken cancellationToken)
    {
        var connection = await db.System.OpenConnectionAsync(cancellationToken);
        try
        {
            return new ScheduleTick(connection, await connection.BeginTransactionAsync(cancellationToken));
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Due schedules of scripts that are there and of tenants that are not suspended, locked until the transaction ends. Those that another
    /// node holds are left out.
    /// </summary>
    public static Task<List<DueSchedule>> DueAsync(ScheduleTick tick, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = Columns + """
            where c.next_at <= $1
            order by c.next_at limit $2
            for update of c skip locked
            """;
        return ReadAsync(tick, sql, [Time(now), new NpgsqlParameter<int> { TypedValue = DueMax }], cancellationToken);
    }

    /// <summary>Schedules that look further ahead than <paramref name="now"/>, the next page of them in the order of their keys.</summary>
    public static Task<List<DueSchedule>> AheadAsync(
        ScheduleTick tick, DateTimeOffset now, DueSchedule? after, CancellationToken cancellationToken)
    {
        const string sql = Columns + """
            where c.next_at > $1 and (c.tenant_id, c.script_id) > ($3, $4)
            order by c.tenant_id, c.script_id limit $2
            for update of c skip locked
            """;
        NpgsqlParameter[] parameters =
        [
            Time(now),
            new NpgsqlParameter<int> { TypedValue = DueMax },
            Id(after?.TenantId ?? Guid.Empty),
            Id(after?.ScriptId ?? Guid.Empty),
        ];
        return ReadAsync(tick, sql, parameters, cancellationToken);
    }

    /// <summary>One script's schedule, locked; null: it has none, or its tenant is suspended.</summary>
    public static async Task<DueSchedule?> LockAsync(ScheduleTick tick, Guid tenantId, Guid scriptId, CancellationToken cancellationToken)
    {
        const string sql = Columns + "where c.tenant_id = $1 and c.script_id = $2 for update of c";
        NpgsqlParameter[] parameters = [Id(tenantId), Id(scriptId)];
        return await ReadAsync(tick, sql, parameters, cancellationToken) is [var schedule] ? schedule : null;
    }

    /// <summary>Due times of these schedules that have a row, from where each is looked at.</summary>
    public static async Task<ILookup<(Guid, Guid), DateTimeOffset>> KnownAsync(
        ScheduleTick tick, IReadOnlyList<DueSchedule> schedules, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            select o.tenant_id, o.script_id, o.due_at
            from unnest($1, $2, $3) as s (tenant_id, script_id, next_at)
            join sandbox.occurrences o on o.tenant_id = s.tenant_id and o.script_id = s.script_id and o.due_at >= s.next_at
            where o.due_at <= $4
            """;
        await using var command = new NpgsqlCommand(sql, tick.Connection)
        {
            Parameters =
            {
                Tenants(schedules),
                Scripts(schedules),
                QueueColumns.Of(NpgsqlDbType.TimestampTz, schedules, one => one.From.UtcDateTime),
                Time(now),
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var known = new List<((Guid, Guid) Key, DateTimeOffset DueAt)>();
        while (await reader.ReadAsync(cancellationToken))
            known.Add(((reader.GetGuid(0), reader.GetGuid(1)), reader.GetFieldValue<DateTimeOffset>(2)));
        return known.ToLookup(one => one.Key, one => one.DueAt);
    }

    /// <summary>Executions of earlier occurrences that are in the queue, oldest first.</summary>
    public static async Task<ILookup<(Guid, Guid), QueuedOccurrence>> QueuedAsync(
        ScheduleTick tick, IReadOnlyList<DueSchedule> schedules, CancellationToken cancellationToken)
    {
        const string sql = """
            select q.tenant_id, q.script_id, q.execution_id, q.node_id is not null
            from unnest($1, $2) as s (tenant_id, script_id)
            join sandbox.queue q on q.tenant_id = s.tenant_id and q.script_id = s.script_id
            where q.origin = $3
            order by q.sequence
            """;
        await using var command = new NpgsqlCommand(sql, tick.Connection)
        {
            Parameters =
            {
                Tenants(schedules),
                Scripts(schedules),
                new NpgsqlParameter<string> { TypedValue = OccurrenceOrigin.OriginName },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var queued = new List<((Guid, Guid) Key, QueuedOccurrence One)>();
        while (await reader.ReadAsync(cancellationToken))
            queued.Add(((reader.GetGuid(0), reader.GetGuid(1)), new QueuedOccurrence(reader.GetGuid(2), reader.GetBoolean(3))));
        return queued.ToLookup(one => one.Key, one => one.One);
    }

    /// <summary>Writes the occurrences. Ids of those that had no row before.</summary>
    /// <param name="again">A row that is there, and does not wait or run, begins anew.</param>
    public static async Task<HashSet<Guid>> AddAsync(
        ScheduleTick tick, IReadOnlyList<PlannedOccurrence> planned, bool again, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into sandbox.occurrences as old (tenant_id, script_id, due_at, id, status, late, why, execution_id, missed)
            select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)
            on conflict (tenant_id, script_id, due_at) do update
            set id = excluded.id, status = excluded.status, late = excluded.late, why = excluded.why, execution_id = excluded.execution_id,
                outcome = null, missed = excluded.missed
            where $10 and old.status <> 'queued'
            returning id
            """;
        await using var command = new NpgsqlCommand(sql, tick.Connection)
        {
            Parameters =
            {
                QueueColumns.Of(NpgsqlDbType.Uuid, planned, one => one.Schedule.TenantId),
                QueueColumns.Of(NpgsqlDbType.Uuid, planned, one => one.Schedule.ScriptId),
                QueueColumns.Of(NpgsqlDbType.TimestampTz, planned, one => one.DueAt.UtcDateTime),
                QueueColumns.Of(NpgsqlDbType.Uuid, planned, one => one.Id),
                QueueColumns.Of(NpgsqlDbType.Text, planned, one => one.Status),
                QueueColumns.Of(NpgsqlDbType.Boolean, planned, one => one.Late),
                QueueColumns.Of(NpgsqlDbType.Text, planned, one => StoredText.Encode(one.Why)),
                QueueColumns.Of(NpgsqlDbType.Uuid, planned, one => one.ExecutionId),
                QueueColumns.Of(NpgsqlDbType.Integer, planned, one => one.Missed),
                new NpgsqlParameter<bool> { TypedValue = again },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var added = new HashSet<Guid>();
        while (await reader.ReadAsync(cancellationToken)) added.Add(reader.GetGuid(0));
        return added;
    }

    public static async Task EnqueueAsync(ScheduleTick tick, IReadOnlyList<QueueItem> items, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(tick.Connection) { BatchCommands = { QueueColumns.Adding(items) } };
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    public static async Task AdvanceAsync(
        ScheduleTick tick, IReadOnlyList<(DueSchedule Schedule, DateTimeOffset? NextAt)> schedules, CancellationToken cancellationToken)
    {
        const string sql = """
            update sandbox.schedules c set next_at = s.next_at
            from unnest($1, $2, $3) as s (tenant_id, script_id, next_at)
            where c.tenant_id = s.tenant_id and c.script_id = s.script_id
            """;
        await using var command = new NpgsqlCommand(sql, tick.Connection)
        {
            Parameters =
            {
                QueueColumns.Of(NpgsqlDbType.Uuid, schedules, one => one.Schedule.TenantId),
                QueueColumns.Of(NpgsqlDbType.Uuid, schedules, one => one.Schedule.ScriptId),
                QueueColumns.Of(NpgsqlDbType.TimestampTz, schedules, one => one.NextAt?.UtcDateTime),
            },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>
    /// Removes decisions about times to come that a clock which was ahead has left. What ran, waits or runs stays, so that it does not run twice.
    /// </summary>
    public static async Task ForgetAheadAsync(
        ScheduleTick tick, IReadOnlyList<DueSchedule> schedules, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            delete from sandbox.occurrences o
            using unnest($1, $2) as s (tenant_id, script_id)
            where o.tenant_id = s.tenant_id and o.script_id = s.script_id and o.due_at > $3
              and o.status in ('skipped', 'missed') and o.outcome is null
            """;
        await using var command = new NpgsqlCommand(sql, tick.Connection)
        {
            Parameters = { Tenants(schedules), Scripts(schedules), Time(now) },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Removes some of the occurrences from before <paramref name="until"/>. How many it removed.</summary>
    public async Task<int> SweepAsync(DateTimeOffset until, int max, CancellationToken cancellationToken)
    {
        const string sql = """
            delete from sandbox.occurrences
            where id in (select id from sandbox.occurrences where created_at < $1 and status <> 'queued' order by created_at limit $2)
            """;
        await using var command = db.System.CreateCommand(sql);
        command.Parameters.Add(Time(until));
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = max });
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    // From the schedule to its script and tenant, one look-up each by a key that is unique alone, whatever PostgreSQL believes of the tables:
    // a join of the three may read all schedules for every script where many came since they were last analyzed.
    private const string Columns = """
        select c.tenant_id, c.script_id, s.name, s.version, c.enabled, s.disabled_reason, c.cron, c.timezone, c.overlap, c.misfire,
            coalesce(c.next_at, clock_timestamp())
        from sandbox.schedules c
        cross join lateral (
            select name, version, disabled_reason from sandbox.scripts where id = c.script_id and deleted_at is null limit 1) s
        cross join lateral (select from sandbox.tenants where id = c.tenant_id and not suspended limit 1) t

        """;

    private static async Task<List<DueSchedule>> ReadAsync(
        ScheduleTick tick, string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, tick.Connection);
        command.Parameters.AddRange(parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var schedules = new List<DueSchedule>();
        while (await reader.ReadAsync(cancellationToken))
        {
            schedules.Add(new DueSchedule(
                reader.GetGuid(0),
                reader.GetGuid(1),
                reader.GetString(2),
                reader.GetInt32(3),
                reader.GetBoolean(4),
                reader.IsDBNull(5) ? null : StoredText.Decode(reader.GetString(5)),
                reader.GetString(6),
                reader.GetString(7),
                reader.GetString(8),
                reader.GetString(9),
                reader.GetFieldValue<DateTimeOffset>(10)));
        }

        return schedules;
    }

    private static NpgsqlParameter<DateTime> Time(DateTimeOffset time) => new() { TypedValue = time.UtcDateTime };

    private static NpgsqlParameter<Guid> Id(Guid id) => new() { TypedValue = id };

    private static NpgsqlParameter<Guid[]> Tenants(IReadOnlyList<DueSchedule> schedules) =>
        QueueColumns.Of(NpgsqlDbType.Uuid, schedules, one => one.TenantId);

    private static NpgsqlParameter<Guid[]> Scripts(IReadOnlyList<DueSchedule> schedules) =>
        QueueColumns.Of(NpgsqlDbType.Uuid, schedules, one => one.ScriptId);
}
