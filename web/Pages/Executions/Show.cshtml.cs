using Microsoft.AspNetCore.Mvc;
using Sandbox.Protocol.Api;

namespace Sandbox.Web.Pages.Executions;

/// <summary>One execution: what happened, where, what it did, with what.</summary>
[Needs(Permissions.ExecutionsRead)]
public sealed class ShowModel(IExecutions executions, IScripts scripts) : TenantPage
{
    private const int LinesMax = 1_000;
    private const int CallsMax = 200;
    private const int LinesAround = 6;

    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    public Execution? Execution { get; private set; }

    public IReadOnlyList<LogLine> Log { get; private set; } = [];

    /// <summary>The first of them, with those that are left out.</summary>
    public IReadOnlyList<CallEntry> Calls { get; private set; } = [];

    /// <summary>Lines of the very version that ran, around the one that failed; empty where that is not known.</summary>
    public IReadOnlyList<(int Number, string Text)> Frame { get; private set; } = [];

    /// <summary>Where it failed or ran out of time.</summary>
    public bool HasOutcome => Execution is { Status: ExecutionStatus.Failed or ExecutionStatus.Timeout };

    /// <summary>From the creation to the end; what still runs has no end, and shows what it did so far.</summary>
    public double TotalMs => Math.Max(1, Execution!.QueueMs + (Execution.DurationMs ?? Calls.Select(call => call.OffsetMs + call.Ms).DefaultIfEmpty(1).Max()));

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        if (Tenant is null || Take(await executions.GetAsync(Reader, Id, cancellationToken)) is not { } execution) return;
        Execution = execution;
        Log = Take(await executions.LogsAsync(Reader, Id, 0, LinesMax, cancellationToken))?.Items ?? [];
        Calls = Take(await executions.CallsAsync(Reader, Id, new PageRequest(CallsMax), cancellationToken))?.Items ?? [];
        if (execution.Error?.Line is not { } line) return;
        // A reader without scripts.read, and a script that is gone, have no source here; the rest of the page stands.
        var version = await scripts.VersionAsync(Reader, execution.ScriptId.ToString(), execution.Version, cancellationToken);
        if (version.Value is not { } ran) return;
        Frame = [.. ran.Source.ReplaceLineEndings("\n").Split('\n').Select((text, at) => (at + 1, text)).Skip(Math.Max(0, line - 1 - LinesAround)).Take((2 * LinesAround) + 1)];
    }
}
