using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Broker;

namespace Sandbox.Supervisor.History;

/// <summary>An execution as it goes to the journal and, once it is final, to the history.</summary>
/// <param name="Execution">With its input and output, whatever the policy.</param>
/// <param name="VersionId">The version that ran.</param>
/// <param name="Policy">How much of it is kept: <c>errors</c> keeps payloads and logs of failures alone, <c>metadata</c> never.</param>
/// <param name="Logs">In order, cut to the limits; empty where the execution has only begun.</param>
internal sealed record ExecutionRecord(Execution Execution, Guid VersionId, RecordPolicy Policy, IReadOnlyList<LogLine> Logs)
{
    /// <summary>The call log in order; empty where the execution has only begun.</summary>
    public IReadOnlyList<CallRecord> Calls { get; init; } = [];

    /// <summary>False where what was thrown says that to try again is of no use. Not stored.</summary>
    public bool Retryable { get; init; } = true;

    /// <summary>As it will be read from the database: what is not kept is not shown before either.</summary>
    public ExecutionRecord AsKept() => HistoryRows.KeepsPayloads(this) ? this : WithoutPayloads();

    /// <summary>
    /// As the journal may have it at the start. Under <c>errors</c> nobody knows yet whether the payloads may be kept, so they are not
    /// written: if the supervisor is killed, the <c>INTERRUPTED</c> record of such an execution has no payloads.
    /// </summary>
    public ExecutionRecord AsBegun() => Policy == RecordPolicy.All ? this : WithoutPayloads();

    public static Execution WithoutPayloads(Execution execution) => execution with
    {
        Input = null,
        Output = null,
        Trigger = new RawJson($"{{\"type\":\"{HistoryRows.TriggerType(execution.Trigger, execution.Kind)}\"}}"),
    };

    private ExecutionRecord WithoutPayloads() =>
        this with { Execution = WithoutPayloads(Execution), Logs = [], Calls = CallRows.WithoutSummaries(Calls) };
}
