namespace Sandbox.Supervisor.Executions;

/// <summary>What differs by the door an execution came through; the rest of the tail is the same for all. Attempt, idempotency key, checkpoint and replay are in the request.</summary>
/// <param name="WaitMax">Bound of the whole wait for quotas' gates and a worker; <see cref="Timeout.InfiniteTimeSpan"/>: none, and it takes no place among those that wait.</param>
/// <param name="Ledger">Where its course is kept.</param>
/// <param name="Parent">The execution that made it and whose slot it runs in; null: it takes one of its own.</param>
internal sealed record DoorTerms(TimeSpan WaitMax, ILedger Ledger, InFlightExecution? Parent = null);
