using Microsoft.Extensions.Options;
using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Executions;

/// <summary>The Run door: the caller waits for the answer, so the wait for a slot is bounded and the journal is the ledger.</summary>
internal sealed class RunDoor(ExecutionTail tail, JournalLedger ledger, IOptions<ExecutionsOptions> options) : IRunDoor
{
    private readonly DoorTerms _terms = new(options.Value.WaitMax, ledger);

    public Task<RunResult> RunAsync(RunRequest request, CancellationToken cancellationToken) => tail.RunAsync(request, Terms(request), cancellationToken);

    public Task<RunResult> RefuseAsync(RunRequest request, string code, string message, CancellationToken cancellationToken) => tail.RefuseAsync(request, _terms, code, message);

    private DoorTerms Terms(RunRequest request) => request.AnswerWithin is { } within && within < _terms.WaitMax ? _terms with { WaitMax = within } : _terms;
}
