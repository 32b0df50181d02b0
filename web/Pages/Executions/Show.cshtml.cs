using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Sandbox.Protocol.Api;
using Sandbox.Web.Components;

namespace Sandbox.Web.Pages.Executions;

/// <summary>One execution: what happened, where, what it did, with what.</summary>
[Needs(Permissions.ExecutionsRead)]
public sealed class ShowModel(IExecutions executions, IScripts scripts) : TenantPage
{
    private const int LinesMax = 1_000;
    private const int CallsMax = 200;
    private const int LinesAround = 6;
    private const int InputToEditMax = 100_000;

    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    public Execution? Execution { get; private set; }

    public IReadOnlyList<LogLine> Log { get; private set; } = [];

    public bool HasMoreLog { get; private set; }

    /// <summary>Null where there is nothing to link to.</summary>
    public RelatedExecutions? Related { get; private set; }

    /// <summary>The first of them, with those that are left out.</summary>
    public IReadOnlyList<CallEntry> Calls { get; private set; } = [];

    /// <summary>Lines of the very version that ran, around the one that failed; empty where that is not known.</summary>
    public IReadOnlyList<(int Number, string Text)> Frame { get; private set; } = [];

    /// <summary>It ran, and its limits are known.</summary>
    public bool HasUsed => Limits is not null && Execution!.StartedAt is not null;

    /// <summary>As the script has them now; null where the reader may not see scripts, where it is gone and where it was a try.</summary>
    public ScriptLimits? Limits { get; private set; }

    /// <summary>Where it failed or ran out of time.</summary>
    public bool HasOutcome => Execution is { Status: ExecutionStatus.Failed or ExecutionStatus.Timeout };

    /// <summary>Its source was not saved, so it cannot run again.</summary>
    public bool IsTry => Trigger.Type == "try";

    public StartedBy Trigger => field ??= new StartedBy(Execution!.Trigger);

    /// <summary>What it waited for before it ran, one after the other. Less than a millisecond is left out.</summary>
    public IEnumerable<(string Word, double FromMs, double Ms)> Waits
    {
        get
        {
            var (script, tenant, worker) = (Execution!.QueueReasons.ScriptConcurrency, Execution.QueueReasons.TenantConcurrency, Execution.QueueReasons.Worker);
            var other = Execution.QueueMs - script - tenant - worker;
            var from = 0d;
            foreach (var (word, ms) in new (string, double)[]
            {
                ("Waited for the script's own concurrency", script), ("Waited for the tenant's concurrency", tenant), ("Waited for a worker", worker), ("Waited to begin", other),
            })
            {
                if (ms < 1) continue;
                yield return (word, from, ms);
                from += ms;
            }
        }
    }

    /// <summary>How near it came to its limits.</summary>
    public IEnumerable<UsedLimit> Used(IStringLocalizer<Words> words)
    {
        var (execution, limits) = (Execution!, Limits!);
        var wall = Amount.Limit(limits.TimeoutMs);
        yield return new UsedLimit(words["Wall clock"], Amount.Duration(execution.DurationMs), wall, execution.DurationMs ?? 0, limits.TimeoutMs);
        yield return new UsedLimit(words["CPU"], Amount.Duration(execution.CpuMs), wall, execution.CpuMs ?? 0, limits.TimeoutMs);
        if (execution.MemoryPeakBytes is { } held) yield return new UsedLimit(words["Memory"], Amount.Size(held), Amount.Size(limits.MemoryBytes), held, limits.MemoryBytes);
        if (limits.Calls > 0) yield return new UsedLimit(words["Calls"], $"{execution.Calls:N0}", $"{limits.Calls:N0}", execution.Calls, limits.Calls);
    }

    /// <summary>It stored one, or made more calls than are read here.</summary>
    public bool MayHaveCheckpoint => Execution!.Calls > Calls.Count || Calls.Any(call => call is { Capability: "checkpoint", Status: "ok" });

    /// <summary>Null where it was not kept or is too long for a field.</summary>
    public string? InputToEdit => Execution!.Input?.ToString() is { Length: <= InputToEditMax } text ? text : null;

    public RecordedValue Input => new(
        "input", "Input", $"{Id}.input.json", Execution!.Input, "It was not recorded: the script's record policy or its age left it out.");

    public RecordedValue Output => new(
        "output", "Output", $"{Id}.output.json", Execution!.Output, Execution.Status switch
        {
            ExecutionStatus.Completed => "It was not recorded, or the script returned nothing.",
            ExecutionStatus.Pending or ExecutionStatus.Running => "There is none yet.",
            _ => "There is none: it did not come to its end.",
        });

    /// <summary>From the creation to the end; what still runs has no end, and shows what it did so far.</summary>
    public double TotalMs => Math.Max(1, Execution!.QueueMs + (Execution.DurationMs ?? Calls.Select(call => call.OffsetMs + call.Ms).DefaultIfEmpty(1).Max()));

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        if (Tenant is null || Take(await executions.GetAsync(Reader, Id, cancellationToken)) is not { } execution) return;
        Execution = execution;
        var log = Take(await executions.LogsAsync(Reader, Id, 0, LinesMax, cancellationToken));
        (Log, HasMoreLog) = (log?.Items ?? [], log?.NextCursor is not null);
        Calls = Take(await executions.CallsAsync(Reader, Id, new PageRequest(CallsMax), cancellationToken))?.Items ?? [];
        Related = (await executions.RelatedAsync(Reader, Id, cancellationToken)).Value;
        Limits = IsTry ? null : (await scripts.GetAsync(Reader, execution.ScriptId.ToString(), cancellationToken)).Value?.Limits;
        if (execution.Error?.Line is not { } line) return;
        // A reader without scripts.read, and a script that is gone, have no source here; the rest of the page stands.
        var version = await scripts.VersionAsync(Reader, execution.ScriptId.ToString(), execution.Version, cancellationToken);
        if (version.Value is not { } ran) return;
        Frame = [.. ran.Source.ReplaceLineEndings("\n").Split('\n').Select((text, at) => (at + 1, text)).Skip(Math.Max(0, line - 1 - LinesAround)).Take((2 * LinesAround) + 1)];
    }
}
