using Microsoft.Extensions.Options;
using Sandbox.Protocol.Api;
using Sandbox.Protocol.Rpc;
using Sandbox.Supervisor.Scripts;
using Sandbox.Supervisor.Workers;

namespace Sandbox.Supervisor.Executions;

/// <summary>Has a worker of the tenant parse a source, within the same bounds as an execution.</summary>
internal sealed class SourceChecker(WorkerPool pool, IOptions<ExecutionsOptions> options, TimeProvider time) : ISourceChecker
{
    public async Task<Result<SourceCheck>> CheckAsync(Guid tenantId, string source, CancellationToken cancellationToken)
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
            var check = lease.Worker.CheckAsync(source);
            try
            {
                if (await check.WaitAsync(options.Value.ParseMax, time, cancellationToken) is { } result) return result;
            }
            catch (TimeoutException)
            {
                await lease.Worker.KillAsync("deadline");
            }

            return Problem.Invalid(new FieldError("source", $"could not be parsed: it took longer than {options.Value.ParseMax.TotalSeconds:0.#} s (Sandbox:Executions:ParseMax), or ended the worker process."));
        }
    }
}
