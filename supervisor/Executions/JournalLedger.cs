using Sandbox.Protocol.Api;
using Sandbox.Supervisor.History;

namespace Sandbox.Supervisor.Executions;

/// <summary>The ledger of the Run door: journal first, then rows in batches.</summary>
internal sealed class JournalLedger(HistoryWriter history) : ILedger
{
    public void Waiting(LiveExecution live) => Started(live, ExecutionStatus.Pending);

    public void Running(LiveExecution live) => Started(live, ExecutionStatus.Running);

    // Not the caller's token: a record is written whoever still listens.
    public ValueTask SettleAsync(ExecutionRecord record) => history.FinishedAsync(record, CancellationToken.None);

    private void Started(LiveExecution live, ExecutionStatus status) =>
        history.Started(live.Snapshot(status), live.Request.Script.VersionId, live.Request.Script.Record);
}
