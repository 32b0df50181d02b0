using System.Text.Json.Nodes;
using Sandbox.Supervisor.Executions;
using Sandbox.Supervisor.History;

namespace Sandbox.Supervisor.Hosting.Readiness;

/// <summary>Whether finished executions get into the database.</summary>
internal sealed class HistoryCheck(HistoryWriter history) : IReadinessCheck
{
    public string Name => "history";

    public ValueTask<ReadinessState> CheckAsync(CancellationToken cancellationToken)
    {
        var details = new JsonObject { ["backlog"] = history.Backlog };
        return ValueTask.FromResult(history.Problem is { } problem ? new ReadinessState(false, problem, details) : new ReadinessState(true, "Executions are stored.", details));
    }
}
