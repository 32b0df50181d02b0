using System.Text;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Executions;
using Sandbox.Supervisor.Rest;
using Sandbox.Supervisor.Scripts;
using Sandbox.Supervisor.Tenants;
using Sandbox.Supervisor.Uses;

namespace Sandbox.Supervisor.Tries;

/// <summary>Makes of an unsaved source a script that is nowhere stored, and runs it through the Run door.</summary>
internal sealed class TryService(ScriptCache scripts, TenantDirectory tenants, IRunDoor door, TimeProvider time) : ITries
{
    /// <summary>No script can have this name, so an execution that is called so is of none.</summary>
    private const string NoName = "try";

    public async Task<Result<BegunTry>> BeginAsync(Principal principal, TryWrite given, TraceParent? trace, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.ScriptsUpdate);
        if (entered.Problem is { } refused) return refused;
        var live = given.Name is { } name ? await scripts.GetAsync(entered.Value, name, cancellationToken) : null;
        var made = Made(entered.Value, given, live);
        if (made.Value is not { } script) return made.Problem!;
        if (tenants.ById(entered.Value) is not { } tenant) return Problem.NotFound("There is no such tenant.");
        if (given.DryRun is not true && RightsProblem(principal, script, live) is { } beyond) return beyond;
        var input = given.Input ?? RawJson.Null;
        if (Encoding.UTF8.GetByteCount(input.ToString()) > script.Limits.OutputBytes)
            return new Problem(413, Codes.InputTooLarge, $"The input is larger than {script.Limits.OutputBytes} bytes (limits.output_bytes bounds both).");
        var trigger = TryTrigger.Of(script, given.Request, input, time.GetUtcNow());
        if (trigger.Problem is { } unacceptable) return unacceptable;

        var dryRun = given.DryRun is true ? new DryRun(null) : null;
        var request = new RunRequest
        {
            Tenant = tenant,
            Script = script,
            Input = input,
            TriggerType = TriggerType.Try,
            Trigger = trigger.Value.Trigger,
            RecordedTrigger = trigger.Value.Recorded,
            DryRun = dryRun,
            TraceParent = trace,
            Cause = new Cause(dryRun is null ? "try" : "dry_run", principal.Id.ToString()),
        };
        return new BegunTry(request.ExecutionId, EndAsync(request, cancellationToken));
    }

    /// <summary>Before its first wait the execution is in flight, so that its id is known to all who may follow it.</summary>
    private async Task<Execution> EndAsync(RunRequest request, CancellationToken cancellationToken)
    {
        await using var dryRun = request.DryRun;
        var result = request.Tenant.Suspended
            ? await door.RefuseAsync(request, Codes.NotAllowed, "The tenant is suspended.", cancellationToken)
            : await door.RunAsync(request, cancellationToken);
        if (dryRun is null) return result.Execution;
        // What its statements did is rolled back first.
        await dryRun.DisposeAsync();
        return result.Execution with { DryRun = new RawJson(dryRun.ToJson()) };
    }

    /// <summary>The script that it would be, or every field that is not acceptable.</summary>
    private Result<Script> Made(Guid tenantId, TryWrite given, Script? live)
    {
        var errors = new List<FieldError>();
        if (given.Kind is null && live is null) errors.Add(new FieldError("kind", "is missing; one of scheduled, http, event, oneoff, embedded"));
        if (given.Source is null) errors.Add(new FieldError("source", "is missing"));
        if (live is null && given.Name is { } name && Text.NameComplaint(name) is { } complaint) errors.Add(new FieldError("name", complaint));
        var now = time.GetUtcNow();
        var kind = given.Kind ?? live?.Kind ?? ScriptKind.Embedded;
        var blank = live ?? new Script { Id = tenantId, TenantId = tenantId, Name = given.Name ?? NoName, Kind = kind, Source = "", Version = 0, VersionId = default };
        var write = new ScriptWrite
        {
            Nulls = given.Nulls.Where(field => field is not ("kind" or "name" or "source")).ToHashSet(StringComparer.Ordinal),
            Kind = kind,
            Source = given.Source,
            Trigger = given.Trigger,
            Uses = given.Uses,
            Limits = given.Limits,
            InputSchema = given.InputSchema,
        };
        var applied = ScriptRules.Apply(blank, write, isNew: false);
        if (applied.Problem is { } problem) errors.AddRange(problem.Errors);
        if (applied.Value is { Uses: null } inferring) errors.AddRange(UsesInference.Of(inferring.Source).Errors);
        return errors.Count > 0 ? Problem.Invalid([.. errors]) : applied.Value! with { Version = 0, VersionId = Guid.CreateVersion7(now) };
    }

    /// <summary>Whoever may not publish must not do with a try what only a published version could.</summary>
    private static Problem? RightsProblem(Principal principal, Script script, Script? live)
    {
        if (principal.May(Permissions.ScriptsPublish)) return null;
        var has = live is null ? UsesDeclaration.None : EffectiveUses.Read(live.Uses, live.Source);
        string[] beyond = [.. EffectiveUses.Read(script.Uses, script.Source).Without(has).Select(use => use.Words)];
        return beyond.Length == 0 ? null
            : new Problem(
                403,
                Codes.NotAllowed,
                $"This may {string.Join(", ", beyond)}, which no live version may; {principal.Described} needs the permission {Permissions.ScriptsPublish} for it, or \"dry_run\": true.");
    }
}
