using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.History;

/// <summary>A finished execution as it goes to the journal and the history.</summary>
/// <param name="Execution">Final; its input and output as they may be stored.</param>
/// <param name="VersionId">The version that ran.</param>
/// <param name="Policy">How much of it is kept: <c>errors</c> keeps payloads and logs of failures alone, <c>metadata</c> never.</param>
/// <param name="Logs">In order, cut to the limits.</param>
internal sealed record ExecutionRecord(Execution Execution, Guid VersionId, RecordPolicy Policy, IReadOnlyList<LogLine> Logs)
{
    /// <summary>As it will be read from the database: what is not kept is not shown before either.</summary>
    public ExecutionRecord AsKept() => HistoryRows.KeepsPayloads(this) ? this : this with { Execution = WithoutPayloads(Execution), Logs = [] };

    public static Execution WithoutPayloads(Execution execution) => execution with
    {
        Input = null,
        Output = null,
        Trigger = new RawJson($"{{\"type\":\"{HistoryRows.TriggerType(execution.Trigger, execution.Kind)}\"}}"),
    };
}
