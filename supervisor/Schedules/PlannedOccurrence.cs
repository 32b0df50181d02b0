namespace Sandbox.Supervisor.Schedules;

/// <summary>A due time and the decision about it.</summary>
/// <param name="Status"><c>queued</c>, <c>skipped</c> or <c>missed</c>.</param>
/// <param name="Late">It runs after a misfire, or because somebody asked.</param>
/// <param name="Missed">Earlier due times that it stands for.</param>
/// <param name="Why">Of one that does not run.</param>
/// <param name="ExecutionId">Of one that runs.</param>
internal sealed record PlannedOccurrence(
    DueSchedule Schedule, Guid Id, DateTimeOffset DueAt, string Status, bool Late, int Missed, string? Why, Guid? ExecutionId);
