using System.Text.Json.Nodes;
using Sandbox.Supervisor.Workers.Launch;

namespace Sandbox.Supervisor.Hosting.Readiness;

/// <summary>What this machine gives of each measure of isolation. Reported, never a reason not to be ready: <c>Isolation: Required</c> refuses to start at all.</summary>
internal sealed class IsolationCheck(WorkerLauncher launcher) : IReadinessCheck
{
    public string Name => "isolation";

    public ValueTask<ReadinessState> CheckAsync(CancellationToken cancellationToken)
    {
        var report = launcher.Report;
        var measures = new JsonObject();
        foreach (var measure in report.Measures) measures[measure.Name] = measure.WhyNot ?? "given";
        var details = new JsonObject { ["complete"] = report.Complete, ["measures"] = measures };
        var message = report.Complete ? "Every measure is given." : $"Missing: {string.Join(", ", report.Missing.Select(measure => measure.Name))}.";
        return ValueTask.FromResult(new ReadinessState(true, message, details));
    }
}
