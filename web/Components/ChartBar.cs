namespace Sandbox.Web.Components;

/// <summary>One bar of a <see cref="BarChart"/>: its parts stand on each other, the first at the foot.</summary>
/// <param name="Label">Below the bar; shorter than the bar's step is wide.</param>
/// <param name="Sentence">What a pointer on it reads.</param>
public sealed record ChartBar(string Label, string Sentence, IReadOnlyList<ChartPart> Parts)
{
    /// <summary>Where the bar leads; null: nowhere.</summary>
    public string? Url { get; init; }

    /// <summary>Its time has not ended. It is paler.</summary>
    public bool IsUnfinished { get; init; }

    public long Total => Parts.Sum(part => part.Count);
}
