using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Sandbox.Supervisor.Workers;

namespace Sandbox.Supervisor.Hosting.Readiness;

/// <summary>Whether there are worker processes, and whether new ones stay alive.</summary>
internal sealed class WorkersCheck(WorkerPool pool, IOptions<WorkersOptions> options) : IReadinessCheck
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
            // Without spares the first worker starts with the first execution.
            : state.Alive == 0 && options.Value.Spare > 0 ? new ReadinessState(false, "No worker process is ready yet.", details)
            : new ReadinessState(true, $"{state.Alive} worker processes.", details));
    }
}
