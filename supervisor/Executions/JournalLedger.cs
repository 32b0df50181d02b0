using Sandbox.Protocol.Api;
using Sandbox.Supervisor.History;

namespace Sandbox.Supervisor.Executions;

/// <summary>The ledger of the Run door: journal first, then rows in batches.</summary>
internal sealed class JournalLedger(HistoryWriter history) : ILedger
{
    public void Waiting(InFlightExecution execution) => Started(execution, ExecutionStatus.Pending);

    public void Running(InFlightExecution execution) => Started(execution, ExecutionStatus.Running);

    /// <summary>Whoever waits for the answer gets it now.</summary>
    public ValueTask<bool> TakeBackAsync(InFlightExecution execution, string? code) => ValueTask.FromResult(false);

    // Not the caller's token: a record is written whoever still listens.
    public ValueTask SettleAsync(ExecutionRecord record) => history.FinishedAsync(record, CancellationToken.None);

    private void Started(InFlightExecution execution, ExecutionStatus status) =>
        history.Started(execution.Snapshot(status), execution.Request.Script.VersionId, execution.Request.Script.Record);
}
