namespace Sandbox.Supervisor.Workers.Launch;

/// <summary>What the machine gives of each measure: for the start-up table, <c>/readyz</c> and the metric.</summary>
internal sealed record IsolationReport(IReadOnlyList<IsolationMeasure> Measures)
{
    public static readonly IsolationReport Empty = new([]);

    public bool Complete => Measures.All(measure => measure.Given);

    public IEnumerable<IsolationMeasure> Missing => Measures.Where(measure => !measure.Given);
}

/// <summary>One measure.</summary>
/// <param name="Name">In words, stable: a label of the metric.</param>
/// <param name="Given">Whether workers have it.</param>
/// <param name="WhyNot">What is missing and what would mend it; null where given.</param>
internal sealed record IsolationMeasure(string Name, bool Given, string? WhyNot = null);
