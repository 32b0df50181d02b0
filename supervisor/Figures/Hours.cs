namespace Sandbox.Supervisor.Figures;

/// <summary>Hours begin with those of UTC.</summary>
internal static class Hours
{
    /// <summary>The begin of the hour of a time.</summary>
    public static DateTimeOffset Of(DateTimeOffset time) => new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);
}
