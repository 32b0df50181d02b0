namespace Sandbox.Supervisor.Figures;

/// <summary>What was counted from the executions themselves.</summary>
/// <param name="Current">Begin of the hour that ran.</param>
/// <param name="Hours">Begins of the hours that were counted: stored figures of these are not to be added.</param>
/// <param name="Scripts">Of each script, version and hour.</param>
/// <param name="WaitedBuckets">Of the time that executions waited, in order.</param>
/// <param name="WaitedCounts">Of each bucket.</param>
internal sealed record LiveFigures(DateTime Current, DateTime[] Hours, IReadOnlyList<ScriptHour> Scripts, short[] WaitedBuckets, int[] WaitedCounts);
