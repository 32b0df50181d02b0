using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Checkpoints;
using Sandbox.Supervisor.Executions;
using Sandbox.Supervisor.Scripts;
using Sandbox.Supervisor.Tenants;

namespace Sandbox.Supervisor.Queue;

/// <summary>Durable executions for those who need a permission: new ones, and old ones again.</summary>
internal sealed class DurableExecutions(
    EnqueueDoor door, IRunDoor runDoor, ExecutionReader reader, ScriptCache scripts, TenantDirectory tenants, CheckpointStore checkpoints, TimeProvider time) : IDurableExecutions
{
    private const int BulkMax = 10_000;
    private const int RefusalsShown = 100;
    private const int BatchMax = 100;

    /// <summary>Characters of inputs that are held at once.</summary>
    private const int BatchLengthMax = 8_000_000;

    private static readonly TimeSpan s_aheadMax = TimeSpan.FromDays(366);
    private static readonly RawJson s_trigger = new("{\"type\":\"api\"}");

    public async Task<Result<Execution>> EnqueueAsync(Principal principal, string idOrName, EnqueueRequest request, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.ScriptsExecute);
        if (entered.Problem is { } refused) return refused;
        if (tenants.ById(entered.Value) is not { } tenant || await scripts.GetAsync(tenant.Id, idOrName, cancellationToken) is not { } script)
            return Problem.NotFound($"There is no script '{idOrName}' in this tenant.");
        var now = time.GetUtcNow();
        if (request.RunAt > now + s_aheadMax) return Problem.Invalid(new FieldError("run_at", $"is more than {s_aheadMax.TotalDays} days ahead"));
        var dueAt = request.RunAt > now ? request.RunAt : null;
        var id = Guid.CreateVersion7(dueAt ?? now);
        var cause = new Cause("token", principal.Id.ToString());
        if (Refusal(tenant, script) is { } no)
        {
            var run = new RunRequest { Tenant = tenant, Script = script, ExecutionId = id, Input = request.Input, TriggerType = TriggerType.Api, Trigger = s_trigger, Cause = cause };
            await runDoor.RefuseAsync(run, no.Code, no.Detail, cancellationToken);
            return no with { ExecutionId = id };
        }

        var item = new QueueItem
        {
            TenantId = tenant.Id,
            ExecutionId = id,
            ScriptId = script.Id,
            ScriptName = script.Name,
            Kind = script.Kind,
            Version = script.Version,
            TriggerType = TriggerType.Api,
            Trigger = s_trigger,
            Input = request.Input,
            Cause = cause,
            IdempotencyKey = id.ToString(),
            CreatedAt = now,
            DueAt = dueAt,
        };
        await door.EnqueueAsync([item], cancellationToken);
        return QueueRecords.Snapshot(item, null);
    }

    public async Task<Result<Execution>> ReplayAsync(Principal principal, Guid id, ReplayRequest request, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.ExecutionsReplay);
        if (entered.Problem is { } refused) return refused;
        if (await reader.GetAsync(entered.Value, id, cancellationToken) is not { } execution) return ExecutionReader.Missing(id);
        var made = await ReplayOfAsync(execution, request, null, cancellationToken);
        if (made.Value is not { } item) return made.Problem!;
        if (request.FromCheckpoint && !await checkpoints.CopyAsync(item.TenantId, id, item.ExecutionId, cancellationToken))
            return new Problem(409, Codes.Conflict, "The execution left no checkpoint.") { ExecutionId = id };
        await door.EnqueueAsync([item], cancellationToken);
        return QueueRecords.Snapshot(item, null);
    }

    public async Task<Result<BulkResult>> ReplayManyAsync(Principal principal, BulkRequest request, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.ExecutionsReplay);
        if (entered.Problem is { } refused) return refused;
        var found = await AllAsync(entered.Value, request.Filter, cancellationToken);
        var refusals = new List<BulkRefusal>();
        var batch = new List<QueueItem>();
        var (done, length) = (0, 0L);
        foreach (var (at, listed) in found.Index())
        {
            // A list leaves long values out.
            var execution = await reader.GetAsync(entered.Value, listed.Id, cancellationToken) ?? listed;
            var pause = request.PerMinute is { } rate ? TimeSpan.FromMinutes((double)(done + batch.Count) / rate) : (TimeSpan?)null;
            var made = await ReplayOfAsync(execution, new ReplayRequest(null, Original: false, FromCheckpoint: false, SameKey: false), pause, cancellationToken);
            if (made.Value is { } item)
            {
                batch.Add(item);
                length += item.Input.ToString().Length + item.Trigger.ToString().Length;
            }
            else
            {
                refusals.Add(new BulkRefusal(listed.Id, made.Problem!.Detail));
            }

            if (batch.Count < BatchMax && length < BatchLengthMax && at < found.Count - 1) continue;
            if (door.Refusal(entered.Value, batch.Count) is { } full)
            {
                if (done == 0) return full;
                refusals.AddRange(batch.Select(one => one.ReplayOf!.Value).Concat(found.Skip(at + 1).Select(one => one.Id)).Select(id => new BulkRefusal(id, full.Detail)));
                break;
            }

            if (batch.Count > 0) await door.EnqueueAsync(batch, cancellationToken);
            done += batch.Count;
            batch.Clear();
            length = 0;
        }

        return new BulkResult(found.Count, done, [.. refusals.Take(RefusalsShown)]);
    }

    public async Task<Result<BulkResult>> CancelManyAsync(Principal principal, BulkRequest request, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.ExecutionsCancel);
        if (entered.Problem is { } refused) return refused;
        var found = (await AllAsync(entered.Value, request.Filter, cancellationToken)).Where(execution => execution.FinishedAt is null).ToArray();
        var refusals = new List<BulkRefusal>();
        foreach (var execution in found)
        {
            var cancelled = await reader.CancelAsync(entered.Value, execution.Id, cancellationToken);
            if (cancelled.Problem is { } problem) refusals.Add(new BulkRefusal(execution.Id, problem.Detail));
        }

        return new BulkResult(found.Length, found.Length - refusals.Count, [.. refusals.Take(RefusalsShown)]);
    }

    private Problem? Refusal(Tenant tenant, Script script) =>
        tenant.Suspended ? new Problem(409, Codes.NotAllowed, "The tenant is suspended.")
        : script.Enabled ? door.Refusal(tenant.Id)
        : ScriptCache.Refusal(script);

    private async Task<List<Execution>> AllAsync(Guid tenantId, ExecutionFilter filter, CancellationToken cancellationToken)
    {
        var all = new List<Execution>();
        for (string? cursor = null; all.Count < BulkMax;)
        {
            var page = await reader.ListAsync(tenantId, filter, new PageRequest(200, cursor), cancellationToken);
            all.AddRange(page.Items);
            if ((cursor = page.NextCursor) is null) break;
        }

        return all;
    }

    private async Task<Result<QueueItem>> ReplayOfAsync(Execution execution, ReplayRequest request, TimeSpan? pause, CancellationToken cancellationToken)
    {
        if (execution.FinishedAt is null) return Conflict(execution, "It is not final yet; cancel it first, or wait for its end.");
        if (TypeOf(execution) == TriggerType.Try) return Conflict(execution, "Its source was not saved; try it again.");
        if (tenants.ById(execution.TenantId) is not { } tenant || await scripts.GetAsync(execution.TenantId, execution.ScriptId, cancellationToken) is not { } script)
            return Conflict(execution, $"The script '{execution.ScriptName}' is gone.");
        if (Refusal(tenant, script) is { } no) return no with { ExecutionId = execution.Id };
        if (request.Input is null && execution.Input is null) return Conflict(execution, "Its input was not kept (the script's record); give one.");
        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now + (pause ?? TimeSpan.Zero));
        return new QueueItem
        {
            TenantId = execution.TenantId,
            ExecutionId = id,
            ScriptId = script.Id,
            ScriptName = script.Name,
            Kind = script.Kind,
            Version = request.Original ? execution.Version : script.Version,
            Pinned = request.Original,
            TriggerType = TypeOf(execution),
            Trigger = execution.Trigger,
            Input = request.Input ?? execution.Input ?? RawJson.Null,
            Cause = new Cause("replay", execution.Id.ToString()),
            IdempotencyKey = request.SameKey ? execution.IdempotencyKey ?? execution.Id.ToString() : id.ToString(),
            ReplayOf = execution.Id,
            CreatedAt = now,
            DueAt = now + pause,
        };
    }

    private static TriggerType TypeOf(Execution execution) =>
        Database.EnumText<TriggerType>.TryParse(History.HistoryRows.TriggerType(execution.Trigger, execution.Kind)) ?? TriggerType.Api;

    private static Problem Conflict(Execution execution, string why) => new(409, Codes.Conflict, why) { ExecutionId = execution.Id };
}
