using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Queue;

/// <summary>What the ends of one script in one batch mean for its count of failures in a row.</summary>
/// <param name="Succeeded">One of them succeeded: the count begins anew.</param>
/// <param name="Failures">Failures after the last success of the batch.</param>
/// <param name="Last">The last failure; null: none came after the last success.</param>
internal sealed record FailureStreak(Guid TenantId, Guid ScriptId, bool Succeeded, int Failures, Execution? Last)
{
    private const int MessageCharactersMax = 500;

    /// <summary>By script, in the order of the keys. Scripts whose ends count neither way are left out.</summary>
    public static IReadOnlyList<FailureStreak> Of(IEnumerable<QueueEnd> ends)
    {
        var streaks = new SortedDictionary<(Guid Tenant, Guid Script), FailureStreak>();
        foreach (var end in ends)
        {
            if (Counts(end) is not { } failed) continue;
            var key = (end.Item.TenantId, end.Item.ScriptId);
            var before = streaks.GetValueOrDefault(key) ?? new FailureStreak(key.TenantId, key.ScriptId, false, 0, null);
            streaks[key] = failed
                ? before with { Failures = before.Failures + 1, Last = end.Record.Execution }
                : before with { Succeeded = true, Failures = 0, Last = null };
        }

        return [.. streaks.Values];
    }

    /// <summary>Why the script is paused, as it is shown.</summary>
    public string Reason(int failures)
    {
        var message = Last?.Error?.Message ?? "";
        if (message.Length > MessageCharactersMax) message = string.Concat(message.AsSpan(0, MessageCharactersMax), "…");
        var many = failures == 1 ? "1 execution failed" : $"{failures} executions in a row failed";
        return $"{many}; the last one: {message} ({Last?.Code})";
    }

    /// <summary>Whether it failed. Null: the end says nothing of the script.</summary>
    private static bool? Counts(QueueEnd end) => end.Record.Execution switch
    {
        // A caller of these sees the failure himself.
        { Kind: ScriptKind.Http or ScriptKind.Embedded } => null,
        { Status: ExecutionStatus.Completed } => false,
        { Code: Codes.Interrupted } => null,
        // The script was disabled.
        { Code: Codes.NotAllowed, StartedAt: null } => null,
        { Status: ExecutionStatus.Failed or ExecutionStatus.Timeout } => true,
        _ => null,
    };
}
