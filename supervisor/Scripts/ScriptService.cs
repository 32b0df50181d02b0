using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Changes;
using Sandbox.Supervisor.Rest;
using Sandbox.Supervisor.Uses;

namespace Sandbox.Supervisor.Scripts;

/// <summary>Scripts: rules and V8's parse before the store; the feed into memory after it.</summary>
internal sealed class ScriptService(ScriptStore store, ISourceChecker checker, ScriptCache live, ISecretLookup secrets, ChangesFeed changes, TimeProvider time) : IScripts
{
    /// <summary>A change without If-Match is made on whatever the script is by then: as often as others come first, within reason.</summary>
    private const int Attempts = 100;
    private const int NextRuns = 10;

    public async Task<Result<Page<Script>>> ListAsync(
        Principal principal, ScriptFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.ScriptsRead);
        return entered.Problem is { } refused ? refused : await store.ListAsync(entered.Value, filter, page, cancellationToken);
    }

    public async Task<Result<ScriptCounts>> CountAsync(Principal principal, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.ScriptsRead);
        return entered.Problem is { } refused ? refused : await store.CountAsync(entered.Value, cancellationToken);
    }

    public async Task<Result<Script>> GetAsync(Principal principal, string idOrName, CancellationToken cancellationToken)
    {
        var found = await FindAsync(principal, idOrName, cancellationToken);
        return found.Value is { } script ? await WithHeldAsync(script, cancellationToken) : found;
    }

    public async Task<Result<Script>> CreateAsync(Principal principal, ScriptWrite script, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.ScriptsCreate);
        if (entered.Problem is { } refused) return refused;
        var now = time.GetUtcNow();
        var blank = new Script
        {
            Id = Guid.CreateVersion7(now),
            TenantId = entered.Value,
            Name = "",
            Kind = ScriptKind.Embedded,
            Source = "",
            Version = 1,
            VersionId = Guid.CreateVersion7(now),
            CreatedAt = now,
            UpdatedAt = now,
        };
        var made = ScriptRules.Apply(blank, script, isNew: true);
        if (made.Value is null) return made;
        if (ScriptAccess.HasUses(made.Value) && ScriptAccess.PublishRefusal(principal) is { } unpublished) return unpublished;
        if (await CodeProblemAsync(blank.TenantId, made.Value.Source, made.Value.InputSchema, cancellationToken) is { } unparsable) return unparsable;
        if (UndeclaredProblem(made.Value) is { } undeclared) return undeclared;
        if (ScriptAccess.HasUses(made.Value) && await AloneProblemAsync(made.Value.TenantId, cancellationToken) is { } alone) return alone;
        return await AppliedAsync(await store.CreateAsync(made.Value, principal.Name, cancellationToken), cancellationToken);
    }

    public Task<Result<Script>> UpdateAsync(
        Principal principal, string idOrName, ScriptWrite change, string? ifMatch, CancellationToken cancellationToken) =>
        ChangeAsync(principal, idOrName, script => ScriptRules.Apply(script, change, isNew: false), ifMatch, cancellationToken);

    /// <summary>A draft goes live as the next version, even where it changes none of what a version holds.</summary>
    public Task<Result<Script>> PublishAsync(
        Principal principal, Guid id, Func<Script, Result<Script>> change, Publication publication, CancellationToken cancellationToken) =>
        ChangeAsync(principal, id.ToString(), change, ifMatch: null, cancellationToken, newVersion: true, publication);

    public async Task<Result<bool>> DeleteAsync(Principal principal, string idOrName, string? ifMatch, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.ScriptsDelete);
        if (entered.Problem is { } refused) return refused;
        var tenant = entered.Value;
        if (await store.GetAsync(tenant, idOrName, cancellationToken) is not { } script) return Missing(idOrName);
        if (ETags.Refusal(ifMatch, ETags.Of(script)) is { } stale) return stale;
        if (!await store.DeleteAsync(tenant, script.Id, cancellationToken)) return Missing(idOrName);
        await changes.CatchUpAfterWriteAsync(cancellationToken);
        return true;
    }

    public async Task<Result<Page<ScriptVersion>>> VersionsAsync(
        Principal principal, string idOrName, PageRequest page, CancellationToken cancellationToken)
    {
        var found = await FindAsync(principal, idOrName, cancellationToken);
        return found.Value is { } script ? await store.VersionsAsync(script.TenantId, script.Id, page, cancellationToken) : found.Problem!;
    }

    public async Task<Result<ScriptVersion>> VersionAsync(
        Principal principal, string idOrName, int version, CancellationToken cancellationToken)
    {
        var found = await FindAsync(principal, idOrName, cancellationToken);
        if (found.Value is not { } script) return found.Problem!;
        return await store.VersionAsync(script.TenantId, script.Id, version, cancellationToken) is { } old ? old : MissingVersion(idOrName, version);
    }

    public async Task<Result<IReadOnlyList<string>>> UsesAsync(Principal principal, string idOrName, CancellationToken cancellationToken)
    {
        var found = await GetAsync(principal, idOrName, cancellationToken);
        if (found.Value is not { } script) return found.Problem!;
        return EffectiveUses.Read(script.Uses, script.Source).Without(UsesDeclaration.None).Select(use => use.Words).ToArray();
    }

    public async Task<Result<VersionDiff>> DiffAsync(Principal principal, string idOrName, int from, int to, CancellationToken cancellationToken)
    {
        var before = await VersionAsync(principal, idOrName, from, cancellationToken);
        if (before.Problem is { } missing) return missing;
        var after = await VersionAsync(principal, idOrName, to, cancellationToken);
        return after.Problem is { } problem ? problem : VersionDiffs.Of(before.Value!, after.Value!);
    }

    public async Task<Result<Script>> RollbackAsync(
        Principal principal, string idOrName, int version, string? ifMatch, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.ScriptsUpdate);
        if ((entered.Problem ?? ScriptAccess.PublishRefusal(principal)) is { } refused) return refused;
        if (await live.GetAsync(entered.Value, idOrName, cancellationToken) is not { } script) return Missing(idOrName);
        if (await store.VersionAsync(script.TenantId, script.Id, version, cancellationToken) is not { } old) return MissingVersion(idOrName, version);
        return await ChangeAsync(
            principal, idOrName, script => script with { Source = old.Source, Uses = old.Uses, InputSchema = old.InputSchema, ApiVersion = old.ApiVersion }, ifMatch, cancellationToken, newVersion: true);
    }

    public Task<Result<Script>> SetEnabledAsync(
        Principal principal, string idOrName, bool enabled, string? reason, string? ifMatch, CancellationToken cancellationToken) =>
        ChangeAsync(principal, idOrName, script => Enabled(script, enabled, reason), ifMatch, cancellationToken);

    public async Task<Result<Script>> SetPausedAsync(
        Principal principal, string idOrName, bool paused, string? ifMatch, CancellationToken cancellationToken)
    {
        // A pause by hand of a script that paused itself changes nothing.
        var changed = await ChangeAsync(
            principal,
            idOrName,
            script => script with { Paused = paused, PausedReason = paused ? script.PausedReason : null },
            ifMatch,
            cancellationToken);
        return changed.Value is { } script ? await WithHeldAsync(script, cancellationToken) : changed;
    }

    public async Task<Result<ValidateResult>> ValidateAsync(
        Principal principal, ValidateRequest request, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.ScriptsRead);
        if (entered.Problem is { } refused) return refused;
        var errors = new List<FieldError>();
        IReadOnlyList<DateTimeOffset> runs = [];
        RawJson? normal = null;
        RawJson? inferred = null;
        if (request.Uses is { } uses && UsesRules.Read(uses).Problem is { } unacceptable) errors.AddRange(unacceptable.Errors);
        if (request.Source is { } source)
        {
            var before = errors.Count;
            ScriptRules.Source(source, errors);
            if (errors.Count == before && await CodeProblemAsync(entered.Value, source, null, cancellationToken) is { } problem)
            {
                if (problem.Errors.Count == 0) return problem;
                errors.AddRange(problem.Errors);
            }

            // Of a source that is not acceptable, nothing is said but that.
            if (errors.Count == before)
            {
                var used = UsesInference.Of(source);
                inferred = new RawJson(used.Uses.ToJson());
                if (request.Uses is null) errors.AddRange(used.Errors);
            }
        }

        if (request.Trigger is { } trigger)
        {
            normal = TriggerRules.Normal(request.Kind, trigger, errors);
            if (normal is { } cron && request.Kind == ScriptKind.Scheduled) runs = Runs(cron, request.From ?? time.GetUtcNow());
        }

        var unused = inferred is null ? [] : UsesWarnings.Of(request.Uses, request.Source!);
        return new ValidateResult(errors, [.. await WarningsAsync(entered.Value, request.Kind, normal, cancellationToken), .. unused], runs, inferred);
    }

    private static Result<Script> Enabled(Script script, bool enabled, string? reason)
    {
        if (reason is not null && (reason.Length > 1_000 || !Text.IsStorable(reason)))
            return Problem.Invalid(new FieldError("reason", "must be at most 1000 characters without NUL or lone surrogates"));
        return script with { Enabled = enabled, DisabledReason = enabled ? null : reason };
    }

    private static IReadOnlyList<DateTimeOffset> Runs(RawJson trigger, DateTimeOffset from)
    {
        var cron = JsonShape.Read(System.Text.Encoding.UTF8.GetBytes(trigger.Text), ScriptsJson.Default.CronTrigger).Value!;
        return CronSchedule.Parse(cron.Cron, cron.Timezone).Schedule!.Next(from, NextRuns);
    }

    private async Task<Result<Script>> FindAsync(Principal principal, string idOrName, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.ScriptsRead);
        if (entered.Problem is { } refused) return refused;
        return await live.GetAsync(entered.Value, idOrName, cancellationToken) is { } script ? script : Missing(idOrName);
    }

    private async Task<Script> WithHeldAsync(Script script, CancellationToken cancellationToken)
    {
        var held = await store.HeldAsync(script.TenantId, script.Id, cancellationToken);
        return script.Paused || held.Count > 0 ? script with { Held = held } : script;
    }

    private async Task<Result<Script>> ChangeAsync(
        Principal principal, string idOrName, Func<Script, Result<Script>> change, string? ifMatch, CancellationToken cancellationToken, bool newVersion = false, Publication? publication = null)
    {
        var entered = principal.Enter(publication is null ? Permissions.ScriptsUpdate : Permissions.ScriptsPublish);
        if (entered.Problem is { } refused) return refused;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (await store.GetAsync(entered.Value, idOrName, cancellationToken) is not { } current) return Missing(idOrName);
            if (ETags.Refusal(ifMatch, ETags.Of(current)) is { } stale) return stale;
            var result = change(current);
            if (result.Value is not { } changed) return result;
            var goesLive = newVersion || IsNewVersion(current, changed);
            if (goesLive && ScriptAccess.PublishRefusal(principal) is { } unpublished) return unpublished;
            if ((changed.Source != current.Source || changed.InputSchema != current.InputSchema) && await CodeProblemAsync(current.TenantId, changed.Source, changed.InputSchema, cancellationToken) is { } unparsable) return unparsable;
            if (goesLive && UndeclaredProblem(changed) is { } undeclared) return undeclared;
            // A draft has been looked at by then, and an old version was live once.
            if (goesLive && !newVersion && await AloneProblemAsync(current.TenantId, cancellationToken) is { } alone) return alone;
            if (goesLive) changed = changed with { Version = current.Version + 1, VersionId = Guid.CreateVersion7(time.GetUtcNow()) };
            var stored = await AppliedAsync(await store.UpdateAsync(changed, current, principal.Name, cancellationToken, publication), cancellationToken);
            if (stored.Problem is not { Code: Codes.PreconditionFailed }) return stored;
        }

        return new Problem(409, Codes.Conflict, $"The script '{idOrName}' is being changed by others all the time; try again.");
    }

    private static bool IsNewVersion(Script current, Script changed) =>
        changed.Source != current.Source || changed.Uses != current.Uses || changed.InputSchema != current.InputSchema || changed.ApiVersion != current.ApiVersion;

    private async Task<Result<Script>> AppliedAsync(Result<Script> stored, CancellationToken cancellationToken)
    {
        if (stored.Value is not { } kept) return stored;
        await changes.CatchUpAfterWriteAsync(cancellationToken);
        var warnings = await WarningsAsync(kept.TenantId, kept.Kind, kept.Trigger, cancellationToken);
        return kept with { Warnings = [.. warnings, .. UsesWarnings.Of(kept.Uses, kept.Source)] };
    }

    private async ValueTask<IReadOnlyList<string>> WarningsAsync(Guid tenantId, ScriptKind kind, RawJson? trigger, CancellationToken cancellationToken)
    {
        var warnings = ScriptWarnings.Of(kind, trigger);
        if (ScriptWarnings.WebhookOf(kind, trigger) is not { } webhook) return warnings;
        var secret = await secrets.GetAsync(tenantId, webhook.Secret!, cancellationToken);
        return ScriptWarnings.OfSecret(webhook, secret) is { } warning ? [.. warnings, warning] : warnings;
    }

    /// <summary>The refusal of a version that its author alone would make live, where the tenant wants a second person.</summary>
    private async Task<Problem?> AloneProblemAsync(Guid tenantId, CancellationToken cancellationToken) =>
        await store.NeedsSecondPersonAsync(tenantId, cancellationToken)
            ? new Problem(403, Codes.NotAllowed, "In this tenant nobody makes a version live alone: write a draft of the script, and have another person publish it.")
            : null;

    /// <summary>The refusal of a script that declares nothing and uses what cannot be read from its source.</summary>
    private static Problem? UndeclaredProblem(Script script) =>
        script.Uses is null && UsesInference.Of(script.Source).Errors.ToArray() is { Length: > 0 } errors ? Problem.Invalid(errors) : null;

    private async Task<Problem?> CodeProblemAsync(Guid tenantId, string source, RawJson? inputSchema, CancellationToken cancellationToken)
    {
        var check = await checker.CheckAsync(tenantId, source, inputSchema?.Text, cancellationToken);
        if (check.Problem is { } problem) return problem;
        if (check.Value!.Errors.Count == 0) return check.Value.InputSchemaError is { } error ? Problem.Invalid(new FieldError("input_schema", $"is no JSON Schema that can be used. {error}")) : null;
        return Problem.Invalid([.. check.Value.Errors.Select(error => new FieldError("source", error.Message, error.Line, error.Column))]) with { Code = Codes.SyntaxError };
    }

    private static Problem Missing(string idOrName) => Problem.NotFound($"There is no script '{idOrName}' in this tenant.");

    private static Problem MissingVersion(string idOrName, int version) => Problem.NotFound($"There is no version {version} of script '{idOrName}'.");
}
