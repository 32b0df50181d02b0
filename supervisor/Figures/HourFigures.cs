namespace Sandbox.Supervisor.Figures;

/// <summary>How the executions of one hour ended, and how long they ran.</summary>
internal record HourFigures
{
    /// <summary>Its begin, UTC.</summary>
    public required DateTime Hour { get; init; }
    public required int Completed { get; init; }
    public required int Failed { get; init; }
    public required int TimedOut { get; init; }
    public required int Cancelled { get; init; }

    /// <summary>Of the time that they ran, in order; see <see cref="Histogram"/>.</summary>
    public required short[] RanBuckets { get; init; }

    /// <summary>Of each bucket.</summary>
    public required int[] RanCounts { get; init; }
}
