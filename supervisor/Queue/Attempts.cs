using System.Globalization;
using System.Security.Cryptography;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Executions;
using Sandbox.Supervisor.Scripts;
using Sandbox.Supervisor.Tenants;

namespace Sandbox.Supervisor.Queue;

/// <summary>The attempts that this node has in hand: from their claim to their settled end.</summary>
internal sealed class Attempts(
    ExecutionTail tail, QueueStore store, QueueEnds ends, QueueRecords records, TriggerSeal seal, ScriptCache scripts, ScriptStore versions, TenantDirectory tenants,
    DispatchSignal signal, TimeProvider time, ILogger<Attempts> logger)
{
    private static readonly TimeSpan s_pauseAfterFault = TimeSpan.FromSeconds(5);
    private int _count;

    public int Count => Volatile.Read(ref _count);

    /// <summary>Runs it in the background.</summary>
    public void Start(ClaimedItem claimed, QueueReasons waitedFor)
    {
        Interlocked.Increment(ref _count);
        _ = RunAsync(claimed, waitedFor);
    }

    private async Task RunAsync(ClaimedItem claimed, QueueReasons waitedFor)
    {
        await Task.Yield();
        try
        {
            await PassAsync(claimed, waitedFor);
        }
        catch (Exception e)
        {
            // A fault of ours, or a database that is away: the work is not lost.
            QueueLog.AttemptFailed(logger, e, claimed.Item.ExecutionId);
            await HandBackAsync(claimed);
        }
        finally
        {
            Interlocked.Decrement(ref _count);
            signal.Set();
        }
    }

    private async Task PassAsync(ClaimedItem claimed, QueueReasons waitedFor)
    {
        var item = claimed.Item;
        var script = await ScriptAsync(item);
        if (script is null || tenants.ById(item.TenantId) is not { } tenant)
        {
            await EndAsync(claimed, null, ExecutionStatus.Cancelled, null, null);
            return;
        }

        if (!script.Enabled)
        {
            await EndAsync(claimed, script, ExecutionStatus.Failed, Codes.NotAllowed, $"The script is disabled{(script.DisabledReason is { } reason ? $": {reason}" : "")}.");
            return;
        }

        if (item.Depth > Causes.Max)
        {
            await EndAsync(claimed, script, ExecutionStatus.Failed, Codes.ChainLimit, string.Create(CultureInfo.InvariantCulture, $"{Causes.Max} executions and events have caused one another before it."));
            return;
        }

        if (Opened(item) is not { } trigger)
        {
            await EndAsync(claimed, script, ExecutionStatus.Failed, Codes.Internal, "The stored request cannot be decrypted: the key ring has lost its key.");
            return;
        }

        var request = new RunRequest
        {
            Tenant = tenant,
            Script = script,
            ExecutionId = item.ExecutionId,
            Input = item.Input,
            TriggerType = item.TriggerType,
            Trigger = trigger,
            RecordedTrigger = item.Trigger,
            Cause = item.Cause,
            UserId = item.UserId,
            OrganizationId = item.OrganizationId,
            Attempt = item.Attempt,
            IdempotencyKey = item.IdempotencyKey,
            Checkpoint = claimed.Checkpoint,
            ReplayOf = item.ReplayOf,
            TraceParent = TraceParent.Parse(item.TraceParent),
            Causes = item.Depth,
            IsDurable = true,
            AcceptedAt = item.CreatedAt,
            Waited = claimed.Waited,
            WaitedFor = waitedFor,
        };
        var terms = new DoorTerms(Timeout.InfiniteTimeSpan, new QueuedAttempt(claimed, script, store, ends, records));
        await tail.RunAsync(request, terms, CancellationToken.None);
    }

    /// <summary>The live script, with the version that it is pinned to; null where either is gone.</summary>
    private async Task<Script?> ScriptAsync(QueueItem item)
    {
        var live = await scripts.GetAsync(item.TenantId, item.ScriptId, CancellationToken.None);
        if (live is null || !item.Pinned || live.Version == item.Version) return live;
        return await versions.VersionAsync(item.TenantId, item.ScriptId, item.Version, CancellationToken.None) is { } version
            ? live with { Version = version.Version, VersionId = version.Id, Source = version.Source, Uses = version.Uses, InputSchema = version.InputSchema, ApiVersion = version.ApiVersion }
            : null;
    }

    private RawJson? Opened(QueueItem item)
    {
        try
        {
            return item.SealedTrigger is { } cipher ? seal.Open(item.TenantId, cipher) : item.Trigger;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private async Task EndAsync(ClaimedItem claimed, Script? script, ExecutionStatus status, string? code, string? message)
    {
        var record = QueueRecords.Final(claimed.Item, script, status, code, message, null, time.GetUtcNow());
        await ends.SettleAsync(records.End(claimed.Item, claimed.Token, script, record));
    }

    private async Task HandBackAsync(ClaimedItem claimed)
    {
        try
        {
            await store.HandBackAsync(claimed.Item, claimed.Token, s_pauseAfterFault, CancellationToken.None);
        }
        catch (Exception e)
        {
            // It stays ours until our lease ends, and is taken over then.
            QueueLog.AttemptFailed(logger, e, claimed.Item.ExecutionId);
        }
    }
}
