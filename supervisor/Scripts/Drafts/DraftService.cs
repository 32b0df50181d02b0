using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Scripts;

/// <summary>Drafts: the rules of scripts but for what a draft may lack; a published one takes the way of every other change.</summary>
internal sealed class DraftService(DraftStore drafts, ScriptService scripts, ScriptStore store, ScriptCache live) : IDrafts
{
    public async Task<Result<Draft>> GetAsync(Principal principal, string idOrName, Guid? author, CancellationToken cancellationToken)
    {
        var found = await FindAsync(principal, Permissions.ScriptsRead, idOrName, author, cancellationToken);
        if (found.Value is not { } draft) return found.Problem!;
        var shown = await ShownAsync(draft, idOrName, withDiff: true, cancellationToken);
        if (shown.Value is not { } answer) return shown;
        var others = await drafts.OthersAsync(draft.TenantId, draft.ScriptId, draft.Author.Kind, draft.Author.Id, cancellationToken);
        return answer with { Others = others };
    }

    public async Task<Result<Page<OtherDraft>>> OthersAsync(Principal principal, string idOrName, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.ScriptsUpdate);
        if (entered.Problem is { } refused) return refused;
        if (await live.GetAsync(entered.Value, idOrName, cancellationToken) is not { } script) return MissingScript(idOrName);
        var others = await drafts.OthersAsync(script.TenantId, script.Id, principal.Kind, principal.Id, cancellationToken);
        return new Page<OtherDraft>(others, NextCursor: null);
    }

    public async Task<Result<Draft>> PutAsync(
        Principal principal, string idOrName, DraftWrite draft, string? ifMatch, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.ScriptsUpdate);
        if (entered.Problem is { } refused) return refused;
        if (await live.GetAsync(entered.Value, idOrName, cancellationToken) is not { } script) return MissingScript(idOrName);
        if (draft.BaseVersion is not { } number) return Problem.Invalid(new FieldError("base_version", $"is missing; the live version is {script.Version}"));
        if (await store.VersionAsync(script.TenantId, script.Id, number, cancellationToken) is not { } from) return NoVersion(number);
        if (DraftRules.Apply(script, from, draft).Problem is { } unacceptable) return unacceptable;

        DateTimeOffset? expected = null;
        if (ifMatch is not null)
        {
            var before = await OwnAsync(principal, script, cancellationToken);
            if (before is null) return ETags.Stale;
            if (ETags.Refusal(ifMatch, ETags.Of(before.UpdatedAt)) is { } stale) return stale;
            expected = before.UpdatedAt;
        }

        var author = new DraftAuthor(principal.Kind, principal.Id, principal.Name);
        var written = await drafts.PutAsync(new StoredDraft(script.TenantId, script.Id, author, number, draft, default), expected, cancellationToken);
        return written is not null ? await ShownAsync(written, idOrName, withDiff: false, cancellationToken)
            : expected is null ? MissingScript(idOrName)
            : ETags.Stale;
    }

    public async Task<Result<bool>> DeleteAsync(Principal principal, string idOrName, string? ifMatch, CancellationToken cancellationToken)
    {
        var found = await FindAsync(principal, Permissions.ScriptsUpdate, idOrName, author: null, cancellationToken);
        if (found.Value is not { } draft) return found.Problem!;
        if (ETags.Refusal(ifMatch, ETags.Of(draft.UpdatedAt)) is { } stale) return stale;
        return await drafts.DeleteAsync(draft, cancellationToken) ? true : ChangedMeanwhile;
    }

    public async Task<Result<Script>> PublishAsync(
        Principal principal, string idOrName, PublishWrite publish, string? ifMatch, CancellationToken cancellationToken)
    {
        var found = await FindAsync(principal, Permissions.ScriptsPublish, idOrName, publish.Author, cancellationToken);
        if (found.Value is not { } draft) return found.Problem!;
        if (ETags.Refusal(ifMatch, ETags.Of(draft.UpdatedAt)) is { } stale) return stale;
        if (DraftRules.MessageProblem(publish.Message) is { } unacceptable) return unacceptable;
        if (draft.IsBy(principal) && await store.NeedsSecondPersonAsync(draft.TenantId, cancellationToken))
            return new Problem(403, Codes.NotAllowed, $"In this tenant the one who publishes is another than the author, and this draft was written by {principal.Described} itself.");
        var number = publish.BaseVersion ?? draft.BaseVersion;
        if (await store.VersionAsync(draft.TenantId, draft.ScriptId, number, cancellationToken) is not { } from) return NoVersion(number);
        return await scripts.PublishAsync(
            principal, draft.ScriptId, current => Next(current, from, draft.Fields), new Publication(draft, publish.Message), cancellationToken);
    }

    /// <summary>The script with the draft's fields, or the conflict with whatever went live since.</summary>
    private static Result<Script> Next(Script current, ScriptVersion from, DraftWrite fields)
    {
        if (current.Version == from.Version) return ScriptRules.Apply(current, DraftRules.Write(fields), isNew: false);
        var mine = DraftRules.Apply(current, from, fields);
        if (mine.Value is not { } draft) return mine;
        return new Problem(
            409,
            Codes.Conflict,
            $"Version {current.Version} went live since version {from.Version}, which this was written on. Look at the diff, then publish with base_version {current.Version}.")
        { Diff = DraftRules.Diff(current, from, draft) };
    }

    private static Problem ChangedMeanwhile => new(409, Codes.Conflict, "The draft was changed in the same moment; read it again.");

    private async Task<Result<StoredDraft>> FindAsync(
        Principal principal, string permission, string idOrName, Guid? author, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(permission);
        if (entered.Problem is { } refused) return refused;
        if (await live.GetAsync(entered.Value, idOrName, cancellationToken) is not { } script) return MissingScript(idOrName);
        var draft = author is { } other
            ? await drafts.GetAsync(script.TenantId, script.Id, other, cancellationToken)
            : await OwnAsync(principal, script, cancellationToken);
        if (draft is not null) return draft;
        return Problem.NotFound(author is { } id ? $"{id} has no draft of the script '{idOrName}'." : $"There is no draft of the script '{idOrName}' by {principal.Described}.");
    }

    private Task<StoredDraft?> OwnAsync(Principal principal, Script script, CancellationToken cancellationToken) =>
        drafts.GetAsync(script.TenantId, script.Id, principal.Id, cancellationToken);

    private async Task<Result<Draft>> ShownAsync(StoredDraft draft, string idOrName, bool withDiff, CancellationToken cancellationToken)
    {
        if (await live.GetAsync(draft.TenantId, draft.ScriptId, cancellationToken) is not { } script) return MissingScript(idOrName);
        if (await store.VersionAsync(draft.TenantId, draft.ScriptId, draft.BaseVersion, cancellationToken) is not { } from) return NoVersion(draft.BaseVersion);
        var applied = DraftRules.Apply(script, from, draft.Fields);
        if (applied.Value is not { } mine) return applied.Problem!;
        return new Draft
        {
            ScriptId = draft.ScriptId,
            BaseVersion = draft.BaseVersion,
            LiveVersion = script.Version,
            Author = draft.Author,
            UpdatedAt = draft.UpdatedAt,
            Source = mine.Source,
            Trigger = mine.Trigger,
            Uses = mine.Uses,
            Limits = mine.Limits,
            Retry = mine.Retry,
            InputSchema = mine.InputSchema,
            Record = mine.Record,
            Description = mine.Description,
            Tags = mine.Tags,
            Diff = draft.BaseVersion == script.Version && !withDiff ? null : DraftRules.Diff(script, from, mine),
        };
    }

    private static Problem MissingScript(string idOrName) => Problem.NotFound($"There is no script '{idOrName}' in this tenant.");

    private static Problem NoVersion(int number) => Problem.Invalid(new FieldError("base_version", $"is {number}, which is no version of this script"));
}
