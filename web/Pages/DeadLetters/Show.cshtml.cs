using Microsoft.AspNetCore.Mvc;
using Sandbox.Protocol.Api;

namespace Sandbox.Web.Pages.DeadLetters;

/// <summary>One dead letter: why it died, in which attempts, with what.</summary>
[Needs(Permissions.ExecutionsRead)]
public sealed class ShowModel(IDeadLetters letters, IExecutions executions) : TenantPage
{
    /// <summary>Attempts are looked for among so many executions of the script, the newest before the death.</summary>
    private const int LookedAt = 200;

    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    public DeadLetter? Letter { get; private set; }

    /// <summary>The newest first. Those that other executions or their age moved out of sight are not among them.</summary>
    public IReadOnlyList<Execution> Attempts { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        if (Tenant is null || Take(await letters.GetAsync(Reader, Id, cancellationToken)) is not { } letter) return;
        Letter = letter;
        var filter = new ExecutionFilter { Script = letter.ScriptId.ToString(), To = letter.DiedAt };
        var listed = Take(await executions.ListAsync(Reader, filter, new PageRequest(LookedAt), cancellationToken));
        Attempts = [.. (listed?.Items ?? []).Where(execution => execution.Id == letter.ExecutionId || execution.IdempotencyKey == letter.IdempotencyKey)];
    }
}
