using System.Text.Json.Nodes;
using Sandbox.Supervisor.Workers;

namespace Sandbox.Supervisor.Hosting.Readiness;

/// <summary>Whether there are worker processes, and whether new ones stay alive.</summary>
internal sealed class WorkersCheck(WorkerPool pool) : IReadinessCheck
{
    public string Name => "workers";

    public ValueTask<ReadinessState> CheckAsync(CancellationToken cancellationToken)
    {
        var state = pool.State;
        var details = new JsonObject
        {
            ["starting"] = state.Starting,
            ["spare"] = state.Spare,
            ["idle"] = state.Idle,
            ["busy"] = state.Busy,
            ["waiting"] = state.Waiting,
        };
        return ValueTask.FromResult(
            state.CrashLoop ? new ReadinessState(false, "New worker processes die before they serve anything; the log says why.", details)
            : state.Alive == 0 ? new ReadinessState(false, "No worker process is ready yet.", details)
            : new ReadinessState(true, $"{state.Alive} worker processes.", details));
    }
}
