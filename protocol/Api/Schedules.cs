using System.Text.Json.Serialization;

namespace Sandbox.Protocol.Api;

/// <summary>What became of a due time.</summary>
public enum OccurrenceStatus
{
    /// <summary>Its execution waits, runs, or is tried again.</summary>
    [JsonStringEnumMemberName("queued")] Queued,

    /// <summary>It ran when it was due.</summary>
    [JsonStringEnumMemberName("ran")] Ran,

    /// <summary>It did not run, for a reason that its script or its caller gave.</summary>
    [JsonStringEnumMemberName("skipped")] Skipped,

    /// <summary>It did not run, because nothing ran the schedules at that time.</summary>
    [JsonStringEnumMemberName("missed")] Missed,

    /// <summary>It ran later than it was due.</summary>
    [JsonStringEnumMemberName("caught_up")] CaughtUp,
}

/// <summary>One due time of a schedule.</summary>
public sealed record Occurrence
{
    public required Guid Id { get; init; }

    /// <summary>When it was due.</summary>
    public required DateTimeOffset ScheduledFor { get; init; }

    public required OccurrenceStatus Status { get; init; }

    /// <summary>Why it did not run; null where it runs or ran.</summary>
    public string? Why { get; init; }

    /// <summary>The last attempt; null where there is none.</summary>
    public Guid? ExecutionId { get; init; }

    /// <summary>How the last attempt ended; null: it has not.</summary>
    public ExecutionStatus? Outcome { get; init; }

    /// <summary>Earlier due times that it stands for.</summary>
    public required int Missed { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>Which occurrences to list; null: any.</summary>
/// <param name="Status">With this status.</param>
/// <param name="From">Due at or after this time.</param>
/// <param name="To">Due before this time.</param>
public sealed record OccurrenceFilter(OccurrenceStatus? Status = null, DateTimeOffset? From = null, DateTimeOffset? To = null);

/// <summary>Which past due times run now: one, or all of a range.</summary>
/// <param name="At">The one.</param>
/// <param name="From">The first of the range.</param>
/// <param name="To">The end of the range, which is not part of it.</param>
/// <param name="Again">Those that ran already run again; else they are refused.</param>
public sealed record OccurrenceRun(DateTimeOffset? At, DateTimeOffset? From, DateTimeOffset? To, bool Again);

/// <summary>What runs now.</summary>
/// <param name="Items">Oldest first.</param>
/// <param name="Refused">Due times of the range that are left as they are.</param>
public sealed record OccurrencesRun(IReadOnlyList<Occurrence> Items, IReadOnlyList<OccurrenceRefusal> Refused);

/// <summary>Why a due time is left as it is.</summary>
public sealed record OccurrenceRefusal(DateTimeOffset ScheduledFor, string Reason);

/// <summary>Why a script did or did not run at a time.</summary>
/// <param name="At">The time.</param>
/// <param name="Answer">One sentence.</param>
/// <param name="Occurrence">The row that the answer is from; null: there is none.</param>
/// <param name="Nearest">The due times before and after, by the present schedule.</param>
/// <param name="NextRuns">The due times to come.</param>
public sealed record ScheduleAnswer(
    DateTimeOffset At, string Answer, Occurrence? Occurrence, IReadOnlyList<DateTimeOffset> Nearest, IReadOnlyList<DateTimeOffset> NextRuns);

/// <summary>A script and its next due time.</summary>
public sealed record DueScript(string Name, DateTimeOffset At);

/// <summary>The due times of scheduled scripts.</summary>
public interface ISchedules
{
    /// <summary>Asks for <c>scripts.read</c>. Newest first.</summary>
    Task<Result<Page<Occurrence>>> ListAsync(
        Principal principal, string idOrName, OccurrenceFilter filter, PageRequest page, CancellationToken cancellationToken);

    /// <summary>Asks for <c>scripts.read</c>. The next due time of each of these scripts that has one and is on.</summary>
    /// <param name="principal">Who asks.</param>
    /// <param name="scripts">Ids of scripts, at most 200.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<Result<IReadOnlyDictionary<Guid, DateTimeOffset>>> NextAsync(
        Principal principal, IReadOnlyCollection<Guid> scripts, CancellationToken cancellationToken);

    /// <summary>Asks for <c>scripts.read</c>. What is due next in the tenant, the soonest first; scripts that are disabled or paused are not.</summary>
    /// <param name="principal">Who asks.</param>
    /// <param name="most">How many, at most 200.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<Result<IReadOnlyList<DueScript>>> DueAsync(Principal principal, int most, CancellationToken cancellationToken);

    /// <summary>Asks for <c>scripts.execute</c>. At most 1,000, one after the other unless the script allows overlaps.</summary>
    Task<Result<OccurrencesRun>> RunAsync(Principal principal, string idOrName, OccurrenceRun run, CancellationToken cancellationToken);

    /// <summary>Asks for <c>scripts.read</c>.</summary>
    Task<Result<ScheduleAnswer>> WhyAsync(Principal principal, string idOrName, DateTimeOffset at, CancellationToken cancellationToken);
}
