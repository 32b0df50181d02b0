namespace Sandbox.Web.Components;

/// <summary>One bar of a <see cref="HourChart"/>: its parts stand on each other, the first at the foot.</summary>
/// <param name="Hour">Its begin.</param>
/// <param name="Sentence">What a pointer on it reads.</param>
public sealed record ChartHour(DateTimeOffset Hour, string Sentence, IReadOnlyList<ChartPart> Parts)
{
    public long Total => Parts.Sum(part => part.Count);
}
