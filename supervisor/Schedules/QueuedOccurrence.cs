namespace Sandbox.Supervisor.Schedules;

/// <summary>An execution of an earlier occurrence that is in the queue.</summary>
/// <param name="Running">False: it waits, or its retry does.</param>
internal readonly record struct QueuedOccurrence(Guid ExecutionId, bool Running);
