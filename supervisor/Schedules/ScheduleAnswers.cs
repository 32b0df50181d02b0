using System.Globalization;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Schedules;

/// <summary>Why a script did or did not run at a time, in words. Pure.</summary>
internal static class ScheduleAnswers
{
    public static string Of(Occurrence occurrence) => occurrence.Status switch
    {
        OccurrenceStatus.Queued => $"It was due then, and its execution {occurrence.ExecutionId} waits, runs, or is tried again.",
        OccurrenceStatus.Ran => $"It ran then; its execution {occurrence.ExecutionId} ended as {Ended(occurrence)}.",
        OccurrenceStatus.CaughtUp when occurrence.Missed > 0 => string.Create(
            CultureInfo.InvariantCulture,
            $"It ran later, also for {occurrence.Missed} earlier due times; its execution {occurrence.ExecutionId} ended as {Ended(occurrence)}."),
        OccurrenceStatus.CaughtUp => $"It ran later; its execution {occurrence.ExecutionId} ended as {Ended(occurrence)}.",
        OccurrenceStatus.Skipped => $"It was due then and was skipped. {occurrence.Why}",
        OccurrenceStatus.Missed => $"It was due then and was missed. {occurrence.Why}",
        _ => throw new InvalidOperationException(occurrence.Status.ToString()),
    };

    public static string WithoutRow(
        ScheduleState state, DateTimeOffset at, bool isDue, DateTimeOffset? before, DateTimeOffset? after, DateTimeOffset now)
    {
        if (!isDue) return $"The script was not due then by its present schedule. The nearest due times are {Around(before, after)}.";
        if (at > now && !state.Enabled) return "It is due then, which is still to come, and is skipped if the script is still disabled.";
        if (at > now) return "It is due then, which is still to come.";
        if (at < state.Since) return $"The schedule as it is now exists since {Text(state.Since)}; it was not due before.";
        if (at < now - OccurrenceSweeper.Kept)
            return string.Create(CultureInfo.InvariantCulture, $"Occurrences are kept for {OccurrenceSweeper.Kept.TotalDays} days; this one is older.");
        if (state.NextAt <= at) return "It was due then, and no supervisor has looked at it yet; while the tenant is suspended none does.";
        return "It was due then and has no row: so many due times were missed together that a later row counts them.";
    }

    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string Around(DateTimeOffset? before, DateTimeOffset? after) => (before, after) switch
    {
        ({ } earlier, { } later) => $"{Text(earlier)} and {Text(later)}",
        ({ } earlier, null) => $"{Text(earlier)} and none after it",
        (null, { } later) => $"{Text(later)} and none before it",
        _ => "none",
    };

    private static string Ended(Occurrence occurrence) => EnumText<ExecutionStatus>.Of(occurrence.Outcome) ?? "unknown";
}
