using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Scripts;

namespace Sandbox.Supervisor.Schedules;

/// <summary>Schedules for those who need a permission.</summary>
internal sealed class ScheduleService(OccurrenceStore store, PastOccurrences past, ScriptCache scripts, TimeProvider time) : ISchedules
{
    private const int NextRuns = 3;
    private const int ScriptsMax = 200;

    public async Task<Result<Page<Occurrence>>> ListAsync(
        Principal principal, string idOrName, OccurrenceFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.ScriptsRead);
        if (entered.Problem is { } refused) return refused;
        if (await scripts.GetAsync(entered.Value, idOrName, cancellationToken) is not { } script) return Missing(idOrName);
        return await store.ListAsync(script.TenantId, script.Id, filter, page, cancellationToken);
    }

    public async Task<Result<IReadOnlyDictionary<Guid, DateTimeOffset>>> NextAsync(
        Principal principal, IReadOnlyCollection<Guid> scripts, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.ScriptsRead);
        if (entered.Problem is { } refused) return refused;
        return new Dictionary<Guid, DateTimeOffset>(await store.NextAsync(entered.Value, [.. scripts.Take(ScriptsMax)], cancellationToken));
    }

    public async Task<Result<IReadOnlyList<DueScript>>> DueAsync(Principal principal, int most, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.ScriptsRead);
        if (entered.Problem is { } refused) return refused;
        return (await store.DueAsync(entered.Value, Math.Clamp(most, 1, ScriptsMax), cancellationToken)).ToArray();
    }

    public async Task<Result<OccurrencesRun>> RunAsync(
        Principal principal, string idOrName, OccurrenceRun run, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.ScriptsExecute);
        if (entered.Problem is { } refused) return refused;
        if (await scripts.GetAsync(entered.Value, idOrName, cancellationToken) is not { } script) return Missing(idOrName);
        return await past.RunAsync(script.TenantId, script.Id, run, new Cause("token", principal.Id.ToString()), cancellationToken);
    }

    public async Task<Result<ScheduleAnswer>> WhyAsync(
        Principal principal, string idOrName, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.ScriptsRead);
        if (entered.Problem is { } refused) return refused;
        if (await scripts.GetAsync(entered.Value, idOrName, cancellationToken) is not { } script) return Missing(idOrName);
        var now = time.GetUtcNow();
        var state = await store.StateAsync(script.TenantId, script.Id, cancellationToken);
        var cron = state is null ? null : CronSchedule.Parse(state.Cron, state.Timezone).Schedule;
        var occurrence = await store.AtAsync(script.TenantId, script.Id, [at], cancellationToken) is [var row] ? row : null;
        var (before, after) = cron is null ? default : Nearest.Of(cron, at);
        var answer = occurrence is not null ? ScheduleAnswers.Of(occurrence)
            : state is null || cron is null ? "The script has no schedule, and there is no occurrence of that time."
            : ScheduleAnswers.WithoutRow(state, at, isDue: cron.Next(at.AddTicks(-1), 1) is [var due] && due == at, before, after, now);
        DateTimeOffset[] nearest = [.. new[] { before, after }.OfType<DateTimeOffset>()];
        return new ScheduleAnswer(at, answer, occurrence, nearest, state is { Enabled: true } ? cron?.Next(now, NextRuns) ?? [] : []);
    }

    private static Problem Missing(string idOrName) => Problem.NotFound($"There is no script '{idOrName}' in this tenant.");
}
