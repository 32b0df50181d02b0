using Npgsql;
using NpgsqlTypes;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.History;

/// <summary>
/// What a batch of ends says about one script, for the alerts: written in the transaction that stores the ends, so that none is
/// overlooked, and by an insert alone, so that no writer waits for another.
/// </summary>
/// <param name="Succeeded">One of them was a success.</param>
/// <param name="Failures">Of all.</param>
/// <param name="After">Failures after the last success.</param>
/// <param name="Last">The last failure; null: there was none.</param>
internal sealed record AlertSignal(Execution Script, bool Succeeded, int Failures, int After, Execution? Last)
{
    private const int MessageCharactersMax = 500;

    // A success matters where something is known, or about to be known, of the script's failures.
    private const string Insert = """
        insert into sandbox.alert_signals (
            tenant_id, script_id, script_name, kind, succeeded, failures, failures_after, execution_id, code, message)
        select s.tenant_id, s.script_id, s.script_name, s.kind, s.succeeded, s.failures, s.failures_after, s.execution_id, s.code, s.message
        from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) as s (
            tenant_id, script_id, script_name, kind, succeeded, failures, failures_after, execution_id, code, message)
        where exists (select from sandbox.alert_rules r where r.tenant_id = s.tenant_id and r.enabled)
          and (s.failures > 0
            or exists (select from sandbox.alert_watches w where w.tenant_id = s.tenant_id and w.script_id = s.script_id)
            or exists (select from sandbox.alert_signals g where g.tenant_id = s.tenant_id and g.script_id = s.script_id))
        """;

    /// <summary>The statement for executions that somebody waited for; null: they say nothing.</summary>
    public static NpgsqlBatchCommand? OfCalls(IReadOnlyList<ExecutionRecord> records) =>
        Adding(records.Select(record => record.Execution).Where(HasNoOneToSee));

    /// <summary>The statement for last attempts of durable executions; null: they say nothing.</summary>
    public static NpgsqlBatchCommand? OfLastAttempts(IEnumerable<Execution> executions) => Adding(executions);

    /// <summary>By script, in the order of the ends.</summary>
    internal static IReadOnlyList<AlertSignal> Of(IEnumerable<Execution> executions)
    {
        var signals = new Dictionary<Guid, AlertSignal>();
        foreach (var execution in executions)
        {
            if (Failed(execution) is not { } failed) continue;
            var before = signals.GetValueOrDefault(execution.ScriptId) ?? new AlertSignal(execution, false, 0, 0, null);
            signals[execution.ScriptId] = failed
                ? before with { Failures = before.Failures + 1, After = before.After + 1, Last = execution }
                : before with { Succeeded = true, After = 0 };
        }

        return [.. signals.Values];
    }

    /// <summary>Who calls a script by the API sees its failure himself; who calls an endpoint is told nothing of its inside.</summary>
    private static bool HasNoOneToSee(Execution execution) => execution.Kind == ScriptKind.Http && execution.Cause.Kind is "http" or "token"
        ? HistoryRows.TriggerType(execution.Trigger, execution.Kind) == "http"
        : execution.Cause.Kind == "hook";

    /// <summary>Null: the end says nothing of the script.</summary>
    private static bool? Failed(Execution execution) => execution switch
    {
        { Status: ExecutionStatus.Completed } => false,
        { Code: Codes.RateLimit or Codes.QuotaExceeded or Codes.ConcurrencyLimit or Codes.Overloaded } => null,
        // The script was disabled.
        { Code: Codes.NotAllowed, StartedAt: null } => null,
        { Code: Codes.Interrupted, Kind: ScriptKind.Http or ScriptKind.Embedded } => null,
        { Status: ExecutionStatus.Failed or ExecutionStatus.Timeout } => true,
        _ => null,
    };

    private static NpgsqlBatchCommand? Adding(IEnumerable<Execution> executions)
    {
        var signals = Of(executions);
        if (signals.Count == 0) return null;
        return new NpgsqlBatchCommand(Insert)
        {
            Parameters =
            {
                Column(NpgsqlDbType.Uuid, signal => signal.Script.TenantId),
                Column(NpgsqlDbType.Uuid, signal => signal.Script.ScriptId),
                Column(NpgsqlDbType.Text, signal => signal.Script.ScriptName),
                Column(NpgsqlDbType.Text, signal => EnumText<ScriptKind>.Of(signal.Script.Kind)),
                Column(NpgsqlDbType.Boolean, signal => signal.Succeeded),
                Column(NpgsqlDbType.Integer, signal => signal.Failures),
                Column(NpgsqlDbType.Integer, signal => signal.After),
                Column(NpgsqlDbType.Uuid, signal => signal.Last?.Id),
                Column(NpgsqlDbType.Text, signal => signal.Last?.Code),
                Column(NpgsqlDbType.Text, signal => StoredText.Encode(Cut(signal.Last?.Error?.Message))),
            },
        };

        NpgsqlParameter Column<T>(NpgsqlDbType type, Func<AlertSignal, T> value) =>
            new() { NpgsqlDbType = NpgsqlDbType.Array | type, Value = signals.Select(value).ToArray() };
    }

    private static string? Cut(string? message) =>
        message is { Length: > MessageCharactersMax } ? string.Concat(message.AsSpan(0, MessageCharactersMax), "…") : message;
}
