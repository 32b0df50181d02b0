using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Queue;
using Sandbox.Supervisor.Scripts;

namespace Sandbox.Supervisor.DeadLetters;

/// <summary>Dead letters for those who need a permission.</summary>
internal sealed class DeadLetterService(DeadLetterStore store, ScriptCache scripts, NewWork work, TimeProvider time) : IDeadLetters
{
    private const int BulkMax = 10_000;
    private const int RefusalsShown = 100;

    /// <summary>Letters that are held at once: each may have an input of megabytes.</summary>
    private const int BatchMax = 50;

    public async Task<Result<Page<DeadLetter>>> ListAsync(Principal principal, DeadLetterFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.ExecutionsRead);
        if (entered.Problem is { } refused) return refused;
        var rows = await store.ListAsync(entered.Value, filter, page, cancellationToken);
        return new Page<DeadLetter>([.. rows.Items.Select(row => row.ToDeadLetter())], rows.NextCursor);
    }

    public async Task<Result<DeadLetter>> GetAsync(Principal principal, Guid id, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.ExecutionsRead);
        if (entered.Problem is { } refused) return refused;
        return await store.GetAsync(entered.Value, id, cancellationToken) is { } row ? row.ToDeadLetter() : Missing(id);
    }

    public async Task<Result<Execution>> ReplayAsync(Principal principal, Guid id, bool sameKey, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.DeadLettersManage);
        if (entered.Problem is { } refused) return refused;
        if (await store.GetAsync(entered.Value, id, cancellationToken) is not { } row) return Missing(id);
        if (await RefusalAsync(entered.Value, row, cancellationToken) is { } reason) return new Problem(409, Codes.Conflict, reason);
        var item = row.ToItem(entered.Value, sameKey, time.GetUtcNow(), TimeSpan.Zero);
        if (!(await store.ReplayAsync(entered.Value, [(id, item)], cancellationToken)).Contains(id)) return NotOpen;
        work.Tell();
        return QueueRecords.Snapshot(item, null);
    }

    public async Task<Result<BulkResult>> ReplayManyAsync(Principal principal, DeadLetterFilter filter, int? perMinute, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.DeadLettersManage);
        if (entered.Problem is { } refused) return refused;
        var refusals = new List<BulkRefusal>();
        var (matched, done) = (0, 0);
        var now = time.GetUtcNow();
        IReadOnlyList<DeadLetterRow> rows = [];
        do
        {
            rows = await store.OldestAsync(entered.Value, filter with { State = DeadLetterState.Open }, rows is [.., var last] ? last.Id : null, BatchMax, cancellationToken);
            var replays = new List<(Guid Id, QueueItem Item)>();
            foreach (var row in rows)
            {
                if (await RefusalAsync(entered.Value, row, cancellationToken) is { } reason) refusals.Add(new BulkRefusal(row.Id, reason));
                else replays.Add((row.Id, row.ToItem(entered.Value, sameKey: false, now, perMinute is { } rate ? TimeSpan.FromMinutes((double)(done + replays.Count) / rate) : TimeSpan.Zero)));
            }

            matched += rows.Count;
            done += (await store.ReplayAsync(entered.Value, replays, cancellationToken)).Count;
            work.Tell();
        }
        while (rows.Count == BatchMax && matched < BulkMax);

        return new BulkResult(matched, done, [.. refusals.Take(RefusalsShown)]);
    }

    public async Task<Result<DeadLetter>> DiscardAsync(Principal principal, Guid id, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.DeadLettersManage);
        if (entered.Problem is { } refused) return refused;
        var discarded = await store.DiscardAsync(entered.Value, id, cancellationToken);
        if (await store.GetAsync(entered.Value, id, cancellationToken) is not { } row) return Missing(id);
        return discarded ? row.ToDeadLetter() : NotOpen;
    }

    private static Problem NotOpen => new(409, Codes.Conflict, "The dead letter was replayed or discarded already.");

    private static Problem Missing(Guid id) => Problem.NotFound($"There is no dead letter {id}.");

    private async Task<string?> RefusalAsync(Guid tenantId, DeadLetterRow row, CancellationToken cancellationToken) =>
        await scripts.GetAsync(tenantId, row.ScriptId, cancellationToken) switch
        {
            null => $"The script '{row.ScriptName}' is gone.",
            { Enabled: false } => $"The script '{row.ScriptName}' is disabled.",
            _ => null,
        };
}
