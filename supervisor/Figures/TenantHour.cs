namespace Sandbox.Supervisor.Figures;

/// <summary>One hour of all of a tenant's scripts.</summary>
internal sealed record TenantHour : HourFigures
{
    /// <summary>Of the time that they waited, in order.</summary>
    public required short[] WaitedBuckets { get; init; }
    public required int[] WaitedCounts { get; init; }

    /// <summary>Scripts with the most failures.</summary>
    public required Guid[] Failing { get; init; }

    /// <summary>Scripts that took longest.</summary>
    public required Guid[] Slowest { get; init; }
}
