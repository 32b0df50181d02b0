using Microsoft.Extensions.Options;
using Sandbox.Protocol.Api;
using Sandbox.Protocol.Rpc;
using Sandbox.Supervisor.Scripts;
using Sandbox.Supervisor.Workers;
using Sandbox.Supervisor.Workers.Launch;

namespace Sandbox.Supervisor.Executions;

/// <summary>Has a worker of the tenant parse a source, within the same bounds as an execution.</summary>
internal sealed class SourceChecker(WorkerPool pool, IOptions<ExecutionsOptions> options, TimeProvider time) : ISourceChecker
{
    public async Task<Result<SourceCheck>> CheckAsync(Guid tenantId, string source, string? inputSchema, CancellationToken cancellationToken) =>
        // A worker that died may have died of anything; a second one that dies of it died of the source.
        await TryAsync(tenantId, source, inputSchema, cancellationToken)
        ?? await TryAsync(tenantId, source, inputSchema, cancellationToken)
        ?? Problem.Invalid(new FieldError("source", "could not be parsed: it ended the worker process."));

    /// <summary>Null where the worker died.</summary>
    private async Task<Result<SourceCheck>?> TryAsync(Guid tenantId, string source, string? inputSchema, CancellationToken cancellationToken)
    {
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        wait.CancelAfter(options.Value.WaitMax);
        WorkerLease lease;
        try
        {
            lease = await pool.LeaseAsync(new LeaseRequest(tenantId, Guid.Empty), wait.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Problem(503, Codes.Overloaded, $"No worker process was free to parse the source within {options.Value.WaitMax.TotalSeconds:0.#} s. Try again.") { RetryAfterSeconds = 1 };
        }

        using (lease)
        {
            try
            {
                return await lease.Worker.CheckAsync(source, inputSchema).WaitAsync(options.Value.ParseMax, time, cancellationToken) is { } check ? (Result<SourceCheck>?)check : null;
            }
            catch (TimeoutException)
            {
                _ = lease.Worker.KillAsync(KillReason.Deadline, "a source check");
                return Problem.Invalid(new FieldError("source", $"could not be parsed within {options.Value.ParseMax.TotalSeconds:0.#} s (Sandbox:Executions:ParseMax)."));
            }
        }
    }
}
