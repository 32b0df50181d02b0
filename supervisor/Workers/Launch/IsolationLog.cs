namespace Sandbox.Supervisor.Workers.Launch;

/// <summary>What a start says of isolation: one line where everything is given, else one for each missing measure and one for the rest.</summary>
internal static class IsolationLog
{
    public static void Isolation(this ILogger logger, IsolationReport report)
    {
        var given = report.Measures.Where(measure => measure.Given).Select(measure => measure.Name).ToArray();
        foreach (var measure in given) logger.MeasureGiven(measure);
        foreach (var measure in report.Missing) logger.MeasureMissing(measure.Name, measure.WhyNot ?? string.Empty);
        if (report.Complete) logger.AllMeasuresGiven(given.Length);
        else if (given.Length > 0) logger.OtherMeasuresGiven(given.Length, string.Join(", ", given));
    }
}
