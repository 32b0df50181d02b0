namespace Sandbox.Supervisor.Scripts;

/// <summary>
/// The wall clock of a time zone, read through its offset from UTC alone. Which of two offsets counts as daylight saving time says
/// nothing of the clock: in Europe/Dublin it is the winter's, which Cronos takes for the summer's.
/// </summary>
internal sealed class CronClock(TimeZoneInfo zone)
{
    /// <summary>An offset holds for longer than this; the changes between two looks are found by halving.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromHours(12);

    /// <summary>No change of the clock is larger than a day.</summary>
    private static readonly TimeSpan LargestChange = TimeSpan.FromHours(25);

    public TimeSpan Offset(DateTime utc) => zone.GetUtcOffset(utc);

    /// <summary>The first moment later than <paramref name="after"/> and at most <paramref name="until"/> from which on another offset holds.</summary>
    public DateTime? FirstChange(DateTime after, DateTime until)
    {
        var low = new DateTime(after.Ticks - (after.Ticks % TimeSpan.TicksPerSecond), DateTimeKind.Utc);
        var offset = Offset(low);
        while (low < until)
        {
            var high = until - low > Look ? low + Look : until;
            if (Offset(high) == offset)
            {
                low = high;
                continue;
            }

            while (high - low > TimeSpan.FromSeconds(1))
            {
                var middle = low.AddSeconds(Math.Floor((high - low).TotalSeconds / 2));
                if (Offset(middle) == offset) low = middle;
                else high = middle;
            }

            return high;
        }

        return null;
    }

    /// <summary>Whether the clock showed what it shows now once before, since it was set back.</summary>
    public bool IsSecondPass(DateTime utc)
    {
        var wall = utc + Offset(utc);
        var after = utc - LargestChange;
        while (FirstChange(after, utc) is { } change)
        {
            var earlier = wall - Offset(after);
            if (earlier < change && earlier + Offset(earlier) == wall) return true;
            after = change;
        }

        return false;
    }
}
