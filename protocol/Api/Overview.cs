namespace Sandbox.Protocol.Api;

/// <summary>What the executions of a tenant did in the last 24 hours that have begun. Executions that have not ended are not in it.</summary>
public sealed record TenantOverview
{
    /// <summary>24, the oldest first; the last one has not ended.</summary>
    public required IReadOnlyList<OverviewHour> Hours { get; init; }

    /// <summary>95 of 100 executions that ran took at most so many milliseconds, within a fifth; null: none ran.</summary>
    public required double? RanMs { get; init; }

    /// <summary>95 of 100 executions waited at most so many milliseconds, within a fifth; null: there are none.</summary>
    public required double? WaitedMs { get; init; }

    /// <summary>Scripts with the most failures, at most five; none without a failure.</summary>
    public required IReadOnlyList<OverviewScript> Failing { get; init; }

    /// <summary>Scripts that take longest, by <see cref="OverviewScript.RanMs"/>, at most five.</summary>
    public required IReadOnlyList<OverviewScript> Slowest { get; init; }

    /// <summary>Scripts that are paused, the last changed first, at most five.</summary>
    public required IReadOnlyList<PausedScript> Paused { get; init; }

    /// <summary>Schedules that missed due times, the last of them first, at most five.</summary>
    public required IReadOnlyList<MissedSchedule> Missed { get; init; }
}

/// <summary>How the executions of one hour ended.</summary>
/// <param name="Hour">Its begin, UTC.</param>
public sealed record OverviewHour(DateTimeOffset Hour, long Completed, long Failed, long TimedOut, long Cancelled)
{
    public long Total => Completed + Failed + TimedOut + Cancelled;
}

/// <summary>A script among the executions of a day.</summary>
/// <param name="ScriptId">Its id.</param>
/// <param name="Name">As it is called now.</param>
/// <param name="Executions">All that ended.</param>
/// <param name="Failures">Of these, failed or timed out.</param>
/// <param name="RanMs">95 of 100 took at most so many milliseconds, within a fifth; null: none ran.</param>
/// <param name="Hours">Of the same day, the oldest first.</param>
public sealed record OverviewScript(Guid ScriptId, string Name, long Executions, long Failures, double? RanMs, IReadOnlyList<OverviewHour> Hours)
{
    /// <summary>How long one execution may take, milliseconds, by the script's limits.</summary>
    public int TimeoutMs { get; init; }
}

/// <summary>What waits for a person.</summary>
/// <param name="Errors">Open groups of failures, at most <see cref="Most"/>.</param>
/// <param name="DeadLetters">Open ones, at most <see cref="Most"/>.</param>
public sealed record OpenTrouble(int Errors, int DeadLetters)
{
    /// <summary>More are not counted.</summary>
    public const int Most = 100;
}

/// <summary>A script that holds its work.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Reason">Why it paused itself; null: somebody paused it.</param>
/// <param name="At">When it was last changed.</param>
public sealed record PausedScript(string Name, string? Reason, DateTimeOffset At);

/// <summary>A schedule whose due times passed while nothing ran it.</summary>
/// <param name="Name">Of its script.</param>
/// <param name="Count">Due times of the last 24 hours.</param>
/// <param name="LastAt">The last of them.</param>
public sealed record MissedSchedule(string Name, int Count, DateTimeOffset LastAt);

/// <summary>The figures of the first page.</summary>
public interface IOverview
{
    /// <summary>Asks for <c>executions.read</c>.</summary>
    Task<Result<TenantOverview>> GetAsync(Principal principal, CancellationToken cancellationToken);

    /// <summary>Asks for <c>executions.read</c>.</summary>
    Task<Result<OpenTrouble>> OpenAsync(Principal principal, CancellationToken cancellationToken);

    /// <summary>Asks for <c>executions.read</c>. The last stored execution of each script that has one in the last 30 days.</summary>
    /// <param name="principal">Who asks.</param>
    /// <param name="scripts">Ids of scripts, at most 200.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<Result<IReadOnlyDictionary<Guid, LastOutcome>>> LastAsync(
        Principal principal, IReadOnlyCollection<Guid> scripts, CancellationToken cancellationToken);

    /// <summary>
    /// Asks for <c>executions.read</c>. Of each script that ran in them, the last 24 hours that have begun, the oldest first. The figures of
    /// a tenant with very many executions in an hour may be a minute old.
    /// </summary>
    /// <param name="principal">Who asks.</param>
    /// <param name="scripts">Ids of scripts, at most 200.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<Result<IReadOnlyDictionary<Guid, IReadOnlyList<OverviewHour>>>> HoursAsync(
        Principal principal, IReadOnlyCollection<Guid> scripts, CancellationToken cancellationToken);

    /// <summary>Asks for <c>executions.read</c>. How one script does; a script that never ran has zeros.</summary>
    Task<Result<ScriptFigures>> ScriptAsync(Principal principal, Guid script, CancellationToken cancellationToken);
}

/// <summary>How a script does.</summary>
/// <param name="Hours">The last 24 that have begun, the oldest first.</param>
/// <param name="Versions">Those that ran in the last <see cref="Days"/> days, the newest first.</param>
public sealed record ScriptFigures(IReadOnlyList<OverviewHour> Hours, IReadOnlyList<VersionFigures> Versions)
{
    public const int Days = 7;
}

/// <summary>How a version of a script does.</summary>
/// <param name="Version">Its number.</param>
/// <param name="Executions">All that ended.</param>
/// <param name="Failures">Of these, failed or timed out.</param>
/// <param name="MedianMs">Half of them ran at most so long, within a fifth; null: none ran.</param>
/// <param name="RanMs">95 of 100 ran at most so long, within a fifth; null: none ran.</param>
public sealed record VersionFigures(int Version, long Executions, long Failures, double? MedianMs, double? RanMs);

/// <summary>How the last execution of a script ended.</summary>
public sealed record LastOutcome(Guid ExecutionId, ExecutionStatus Status, DateTimeOffset At);
