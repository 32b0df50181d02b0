using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Executions;
using Sandbox.Supervisor.History;

namespace Sandbox.Supervisor.Queue;

/// <summary>The ledger of one attempt that this node claimed. That it runs is on record since its claim.</summary>
internal sealed class QueuedAttempt(ClaimedItem claimed, Script script, QueueStore store, QueueEnds ends, QueueRecords records) : ILedger
{
    private static readonly TimeSpan s_quotaPauseMax = TimeSpan.FromMinutes(1);

    public void Waiting(InFlightExecution execution)
    {
    }

    public void Running(InFlightExecution execution)
    {
    }

    /// <summary>A quota that is used up and a supervisor that stops delay durable work; they do not fail it.</summary>
    public async ValueTask<bool> TakeBackAsync(InFlightExecution execution, string? code)
    {
        if (code is not (Codes.QuotaExceeded or Codes.Interrupted)) return false;
        var pause = code == Codes.Interrupted ? TimeSpan.Zero : TimeSpan.FromSeconds(execution.RetryAfterSeconds ?? 1);
        await store.HandBackAsync(claimed.Item, claimed.Token, pause < s_quotaPauseMax ? pause : s_quotaPauseMax, CancellationToken.None);
        return true;
    }

    public async ValueTask SettleAsync(ExecutionRecord record) => await ends.SettleAsync(records.End(claimed.Item, claimed.Token, script, record));
}
