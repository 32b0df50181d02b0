using Npgsql;
using NpgsqlTypes;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.Errors;
using Sandbox.Supervisor.Figures;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.History;

/// <summary>Writes finished executions, as the system, many at once. Not Dapper: every parameter is a whole column.</summary>
internal sealed class HistoryStore(Db db)
{
    // A row that is there already is from the journal of a supervisor that was killed between storing and forgetting it. The insert does
    // not return it, so the usage counts each execution once, in the transaction that stores it. An execution that a quota refused used
    // nothing. The order makes all supervisors lock the rows of the usage alike, or two batches could wait for each other.
    private const string InsertExecutions = """
        with stored as (
            insert into sandbox.executions (
                id, tenant_id, script_id, script_name, version_id, version, kind, status, code,
                error_message, error_line, error_column, error_stack, trigger_type, attempt, cause_kind, cause_id,
                created_at, started_at, finished_at, queue_ms, queue_script_ms, queue_tenant_ms, queue_worker_ms,
                duration_ms, cpu_ms, memory_peak_bytes, calls, labels, warnings, progress, note, error_name, idempotency_key)
            select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
                $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $35)
            on conflict do nothing
            returning id, tenant_id, created_at, status, code, cpu_ms, duration_ms, calls),
        sent as (
            -- A batch may hold an execution twice.
            select id, tenant_id, max(bytes) as bytes from unnest($1, $2, $34) as of_calls (id, tenant_id, bytes) group by id, tenant_id)
        insert into sandbox.usage (tenant_id, day, executions, failures, cpu_ms, duration_ms, calls, call_bytes)
        select stored.tenant_id, (stored.created_at at time zone 'UTC')::date as day, count(*),
            count(*) filter (where stored.status in ('failed', 'timeout')),
            coalesce(sum(stored.cpu_ms), 0), coalesce(sum(stored.duration_ms), 0), sum(stored.calls), sum(sent.bytes)
        from stored
        join sent on sent.tenant_id = stored.tenant_id and sent.id = stored.id
        where stored.code is distinct from 'QUOTA_EXCEEDED'
        group by stored.tenant_id, day
        order by stored.tenant_id, day
        on conflict (tenant_id, day) do update set
            executions = usage.executions + excluded.executions,
            failures = usage.failures + excluded.failures,
            cpu_ms = usage.cpu_ms + excluded.cpu_ms,
            duration_ms = usage.duration_ms + excluded.duration_ms,
            calls = usage.calls + excluded.calls,
            call_bytes = usage.call_bytes + excluded.call_bytes
        """;

    private const string InsertPayloads = """
        insert into sandbox.execution_payloads (id, tenant_id, trigger, input, output)
        select * from unnest($1, $2, $3, $4, $5)
        on conflict do nothing
        """;

    private const string InsertLogs = """
        insert into sandbox.execution_logs (id, tenant_id, messages, lines)
        select * from unnest($1, $2, $3, $4)
        on conflict do nothing
        """;

    private const string InsertCalls = """
        insert into sandbox.execution_calls (id, tenant_id, calls)
        select * from unnest($1, $2, $3)
        on conflict do nothing
        """;

    private const string InsertLabels = """
        insert into sandbox.execution_labels (id, tenant_id, label)
        select * from unnest($1, $2, $3)
        on conflict do nothing
        """;

    /// <summary>All of them or, with an exception, none.</summary>
    /// <param name="note">Why payloads, logs and calls are left out; null: they are kept as the records' policies say.</param>
    public async Task WriteAsync(IReadOnlyList<ExecutionRecord> records, string? note, CancellationToken cancellationToken)
    {
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        // One message to the server and one transaction, with one flush of its log.
        await using var batch = new NpgsqlBatch(connection);
        Fill(batch, records, note);
        if (AlertSignal.OfCalls(records) is { } signals) batch.BatchCommands.Add(signals);
        await batch.PrepareAsync(cancellationToken);
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Adds the statements of <see cref="WriteAsync"/> to a transaction of somebody else's.</summary>
    public static void Fill(NpgsqlBatch batch, IReadOnlyList<ExecutionRecord> records, string? note)
    {
        batch.BatchCommands.Add(Executions(records, note));
        ErrorWriteStore.Fill(batch, records.Select(record => record.Execution));
        if (records.Select(record => record.Execution).Where(execution => execution.Labels.Count > 0).ToArray() is { Length: > 0 } labelled)
            batch.BatchCommands.Add(Labels(labelled));
        if (note is null) FillKept(batch, records);
        StaleHourStore.Fill(batch, records.Select(record => record.Execution));
    }

    private static void FillKept(NpgsqlBatch batch, IReadOnlyList<ExecutionRecord> records)
    {
        var kept = records.Where(HistoryRows.KeepsPayloads).ToList();
        if (kept.Where(record => HasPayload(record.Execution)).Select(record => record.Execution).ToArray() is { Length: > 0 } payloads)
            batch.BatchCommands.Add(Payloads(payloads));
        if (kept.Where(record => record.Logs.Count > 0).ToArray() is { Length: > 0 } logged)
            batch.BatchCommands.Add(Logs(logged));
        if (records.Where(record => record.Calls.Count > 0).ToArray() is { Length: > 0 } called)
            batch.BatchCommands.Add(Calls(called));
    }

    /// <summary>Makes the days these belong to.</summary>
    public async Task MakePartitionsAsync(IEnumerable<ExecutionRecord> records, CancellationToken cancellationToken)
    {
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        foreach (var day in records.Select(record => UuidV7.TimeOf(record.Execution.Id)).OfType<DateTimeOffset>().Select(time => DateOnly.FromDateTime(time.UtcDateTime)).Distinct())
            await Partitions.MakeAsync(connection, day, 1, cancellationToken);
    }

    // The limit makes it one look-up by the primary key per execution. The bounds name the days, so that no other day is planned or read.
    internal const string SelectStored = """
        select asked.id
        from unnest($1, $2) as asked (tenant_id, id)
        cross join lateral (
            select 1 from sandbox.executions e
            where e.tenant_id = asked.tenant_id and e.id = asked.id and e.id >= $3 and e.id < $4
            limit 1) stored
        """;

    /// <summary>Ids of those that are stored.</summary>
    public async Task<HashSet<Guid>> StoredAsync(IReadOnlyCollection<(Guid TenantId, Guid Id)> executions, CancellationToken cancellationToken)
    {
        var found = new HashSet<Guid>();
        // A day at a time: an old execution must not widen the look-up of the new ones. An id without a day has no row.
        foreach (var day in executions.GroupBy(execution => UuidV7.TimeOf(execution.Id)?.UtcDateTime.Date).Where(day => day.Key is not null))
        {
            await using var command = db.System.CreateCommand(SelectStored);
            command.Parameters.AddRange(StoredParameters([.. day], day.Key!.Value));
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
                found.Add(reader.GetGuid(0));
        }

        return found;
    }

    /// <summary>The parameters of <see cref="SelectStored"/> for executions of one UTC day.</summary>
    internal static NpgsqlParameter[] StoredParameters((Guid TenantId, Guid Id)[] executions, DateTime day)
    {
        var start = new DateTimeOffset(day, TimeSpan.Zero);
        return
        [
            Column(NpgsqlDbType.Uuid, Array.ConvertAll(executions, execution => execution.TenantId)),
            Column(NpgsqlDbType.Uuid, Array.ConvertAll(executions, execution => execution.Id)),
            new NpgsqlParameter<Guid> { TypedValue = UuidV7.Floor(start) },
            new NpgsqlParameter<Guid> { TypedValue = UuidV7.Floor(start.AddDays(1)) },
        ];
    }

    private static NpgsqlBatchCommand Executions(IReadOnlyList<ExecutionRecord> records, string? note)
    {
        Execution[] all = [.. records.Select(record => record.Execution)];
        return new NpgsqlBatchCommand(InsertExecutions)
        {
            Parameters =
            {
                Column(NpgsqlDbType.Uuid, Array.ConvertAll(all, e => e.Id)),
                Column(NpgsqlDbType.Uuid, Array.ConvertAll(all, e => e.TenantId)),
                Column(NpgsqlDbType.Uuid, Array.ConvertAll(all, e => e.ScriptId)),
                Column(NpgsqlDbType.Text, Array.ConvertAll(all, e => e.ScriptName)),
                Column(NpgsqlDbType.Uuid, [.. records.Select(record => record.VersionId)]),
                Column(NpgsqlDbType.Integer, Array.ConvertAll(all, e => e.Version)),
                Column(NpgsqlDbType.Text, Array.ConvertAll(all, e => EnumText<ScriptKind>.Of(e.Kind))),
                Column(NpgsqlDbType.Text, Array.ConvertAll(all, e => EnumText<ExecutionStatus>.Of(e.Status))),
                Column(NpgsqlDbType.Text, Array.ConvertAll(all, e => e.Code)),
                Column(NpgsqlDbType.Text, Array.ConvertAll(all, e => StoredText.Encode(e.Error?.Message))),
                Column(NpgsqlDbType.Integer, Array.ConvertAll(all, e => e.Error?.Line)),
                Column(NpgsqlDbType.Integer, Array.ConvertAll(all, e => e.Error?.Column)),
                Column(NpgsqlDbType.Text, Array.ConvertAll(all, e => StoredText.Encode(e.Error?.Stack))),
                Column(NpgsqlDbType.Text, Array.ConvertAll(all, e => HistoryRows.TriggerType(e.Trigger, e.Kind))),
                Column(NpgsqlDbType.Integer, Array.ConvertAll(all, e => e.Attempt)),
                Column(NpgsqlDbType.Text, Array.ConvertAll(all, e => StoredText.Encode(e.Cause.Kind))),
                Column(NpgsqlDbType.Text, Array.ConvertAll(all, e => StoredText.Encode(e.Cause.Id))),
                Column(NpgsqlDbType.TimestampTz, Array.ConvertAll(all, e => e.CreatedAt.UtcDateTime)),
                Column(NpgsqlDbType.TimestampTz, Array.ConvertAll(all, e => e.StartedAt?.UtcDateTime)),
                Column(NpgsqlDbType.TimestampTz, Array.ConvertAll(all, e => e.FinishedAt?.UtcDateTime)),
                Column(NpgsqlDbType.Double, Array.ConvertAll(all, e => e.QueueMs)),
                Column(NpgsqlDbType.Double, Array.ConvertAll(all, e => Some(e.QueueReasons.ScriptConcurrency))),
                Column(NpgsqlDbType.Double, Array.ConvertAll(all, e => Some(e.QueueReasons.TenantConcurrency))),
                Column(NpgsqlDbType.Double, Array.ConvertAll(all, e => Some(e.QueueReasons.Worker))),
                Column(NpgsqlDbType.Double, Array.ConvertAll(all, e => e.DurationMs)),
                Column(NpgsqlDbType.Double, Array.ConvertAll(all, e => e.CpuMs)),
                Column(NpgsqlDbType.Bigint, Array.ConvertAll(all, e => e.MemoryPeakBytes)),
                Column(NpgsqlDbType.Integer, Array.ConvertAll(all, e => e.Calls)),
                Column(NpgsqlDbType.Json, Array.ConvertAll(all, e => HistoryRows.Labels(e.Labels))),
                Column(NpgsqlDbType.Json, Array.ConvertAll(all, e => HistoryRows.Warnings(e.Warnings))),
                Column(NpgsqlDbType.Json, Array.ConvertAll(all, e => HistoryRows.Progress(e.Progress))),
                Column(NpgsqlDbType.Text, Array.ConvertAll(all, _ => StoredText.Encode(note))),
                Column(NpgsqlDbType.Text, Array.ConvertAll(all, e => StoredText.Encode(e.Error?.Name))),
                Column(NpgsqlDbType.Bigint, [.. records.Select(record => record.Calls.Sum(call => call.Bytes))]),
                Column(NpgsqlDbType.Text, Array.ConvertAll(all, e => StoredText.Encode(e.IdempotencyKey))),
            },
        };
    }

    private static NpgsqlBatchCommand Payloads(Execution[] all) => new(InsertPayloads)
    {
        Parameters =
        {
            Column(NpgsqlDbType.Uuid, Array.ConvertAll(all, e => e.Id)),
            Column(NpgsqlDbType.Uuid, Array.ConvertAll(all, e => e.TenantId)),
            Column(NpgsqlDbType.Json, Array.ConvertAll(all, e => Json(IsBare(e) ? null : e.Trigger))),
            Column(NpgsqlDbType.Json, Array.ConvertAll(all, e => Json(e.Input))),
            Column(NpgsqlDbType.Json, Array.ConvertAll(all, e => Json(e.Output))),
        },
    };

    private static NpgsqlBatchCommand Logs(ExecutionRecord[] all)
    {
        var rows = Array.ConvertAll(all, record => HistoryRows.Logs(record.Logs));
        return new NpgsqlBatchCommand(InsertLogs)
        {
            Parameters =
            {
                Column(NpgsqlDbType.Uuid, Array.ConvertAll(all, record => record.Execution.Id)),
                Column(NpgsqlDbType.Uuid, Array.ConvertAll(all, record => record.Execution.TenantId)),
                Column(NpgsqlDbType.Text, Array.ConvertAll(rows, row => row.Messages)),
                Column(NpgsqlDbType.Json, Array.ConvertAll(rows, row => row.Lines)),
            },
        };
    }

    /// <summary>Every policy keeps the call log, which tells what an execution touched. Its summaries are kept where payloads are.</summary>
    private static NpgsqlBatchCommand Calls(ExecutionRecord[] all) => new(InsertCalls)
    {
        Parameters =
        {
            Column(NpgsqlDbType.Uuid, Array.ConvertAll(all, record => record.Execution.Id)),
            Column(NpgsqlDbType.Uuid, Array.ConvertAll(all, record => record.Execution.TenantId)),
            Column(NpgsqlDbType.Json, Array.ConvertAll(all, record => CallRows.Json(record.AsKept().Calls))),
        },
    };

    private static NpgsqlBatchCommand Labels(Execution[] all)
    {
        var rows = all.SelectMany(e => e.Labels.Select(label => (e.Id, e.TenantId, Key: LabelKey.Of(label.Key, label.Value)))).ToArray();
        return new NpgsqlBatchCommand(InsertLabels)
        {
            Parameters =
            {
                Column(NpgsqlDbType.Uuid, Array.ConvertAll(rows, row => row.Id)),
                Column(NpgsqlDbType.Uuid, Array.ConvertAll(rows, row => row.TenantId)),
                Column(NpgsqlDbType.Bytea, Array.ConvertAll(rows, row => row.Key)),
            },
        };
    }

    private static NpgsqlParameter<T[]> Column<T>(NpgsqlDbType type, T[] values) =>
        new() { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type };

    private static double? Some(double milliseconds) => milliseconds == 0 ? null : milliseconds;

    private static string? Json(RawJson? json) => json is { } some ? StoredText.EncodeJson(some.ToString()) : null;

    private static bool HasPayload(Execution e) => e.Input is not null || e.Output is not null || !IsBare(e);

    private static bool IsBare(Execution e) => e.Trigger.ToString() is var text && text.Length <= 20 && text == HistoryRows.BareTrigger(HistoryRows.TriggerType(e.Trigger, e.Kind));
}
