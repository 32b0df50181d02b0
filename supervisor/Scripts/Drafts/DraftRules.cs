using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Scripts;

/// <summary>What a draft's fields may be: those of a script, but a source need not compile and a trigger need not be complete. Pure.</summary>
internal static class DraftRules
{
    private const int MessageMax = 1_000;

    /// <summary>The script as the draft would have it, or every field that is not acceptable in a draft.</summary>
    /// <param name="live">The script with its live version.</param>
    /// <param name="from">The version that the draft is written on.</param>
    /// <param name="draft">The draft's fields.</param>
    public static Result<Script> Apply(Script live, ScriptVersion from, DraftWrite draft)
    {
        var errors = new List<FieldError>();
        var script = live with { Source = from.Source, Uses = from.Uses, InputSchema = from.InputSchema };
        if (draft.Nulls.Contains("base_version")) errors.Add(new FieldError("base_version", "must not be null"));
        if (draft.Trigger is { } trigger) TriggerRules.Shape(live.Kind, trigger, errors);
        var write = Write(draft);
        var applied = ScriptRules.Apply(script, write with { Trigger = null, Nulls = write.Nulls.Where(field => field != "trigger").ToHashSet(StringComparer.Ordinal) }, isNew: false);
        if (applied.Problem is { } problem) errors.AddRange(problem.Errors);
        if (errors.Count > 0) return Problem.Invalid([.. errors]);
        return applied.Value! with { Trigger = draft.Nulls.Contains("trigger") ? null : draft.Trigger ?? live.Trigger };
    }

    /// <summary>The change of the script that the draft stands for.</summary>
    public static ScriptWrite Write(DraftWrite draft) => new()
    {
        Nulls = draft.Nulls,
        Source = draft.Source,
        Trigger = draft.Trigger,
        Uses = draft.Uses,
        Limits = draft.Limits,
        Retry = draft.Retry,
        InputSchema = draft.InputSchema,
        Record = draft.Record,
        Description = draft.Description,
        Tags = draft.Tags,
    };

    public static Problem? MessageProblem(string? message) =>
        message is not null && (message.Length > MessageMax || !Text.IsStorable(message))
            ? Problem.Invalid(new FieldError("message", $"must be at most {MessageMax} characters without NUL or lone surrogates"))
            : null;

    /// <summary>What went live since <paramref name="from"/>, and what the draft changes of it.</summary>
    public static DraftDiff Diff(Script live, ScriptVersion from, Script draft) =>
        new(VersionDiffs.Of(from, AsVersion(live, live.Version)), VersionDiffs.Of(from, AsVersion(draft, live.Version + 1)));

    private static ScriptVersion AsVersion(Script script, int number) => new()
    {
        Id = script.VersionId,
        ScriptId = script.Id,
        Version = number,
        Source = script.Source,
        Uses = script.Uses,
        InputSchema = script.InputSchema,
        ApiVersion = script.ApiVersion,
        CreatedBy = "",
    };
}
