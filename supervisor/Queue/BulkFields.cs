using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Executions;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Queue;

/// <summary>A filter as the list of executions takes it, in a body. At least one of its fields is needed: nobody means everything.</summary>
internal sealed record BulkFields
{
    public string? Script { get; init; }
    public ScriptKind? Kind { get; init; }
    public ExecutionStatus? Status { get; init; }
    public TriggerType? Trigger { get; init; }
    public string? Code { get; init; }
    public DateTimeOffset? From { get; init; }
    public DateTimeOffset? To { get; init; }
    public double? DurationMsMin { get; init; }
    public double? DurationMsMax { get; init; }
    public string? Text { get; init; }

    /// <summary>Each as <c>key:value</c>; all must match.</summary>
    public IReadOnlyList<string>? Label { get; init; }

    /// <summary>Of replays: at most so many begin in a minute.</summary>
    public int? RatePerMinute { get; init; }

    /// <param name="takesRate">A cancel takes none: what waits is kept from beginning at once, or it would run meanwhile.</param>
    public Problem? Complaint(bool takesRate) =>
        this with { RatePerMinute = null, Label = null } == new BulkFields() && Label is null or []
            ? Problem.Invalid(new FieldError("body", "needs a filter: script, kind, status, trigger, code, from, to, duration_ms_min, duration_ms_max, text or label"))
        : !takesRate && RatePerMinute is not null ? Problem.Invalid(new FieldError("rate_per_minute", "is for replays; a cancel ends all of them at once"))
        : RatePerMinute is < 1 or > 60_000 ? Problem.Invalid(new FieldError("rate_per_minute", $"is {RatePerMinute}; choose 1 to 60000"))
        : new[] { ("script", Script), ("code", Code), ("text", Text) }.FirstOrDefault(text => text.Item2 is { } value && (value.Length > 500 || !Rest.Text.IsStorable(value))) is { Item1: { } name }
            ? Problem.Invalid(new FieldError(name, "must be at most 500 characters without NUL"))
            : ExecutionsEndpoints.Labels(Label ?? []).Problem;

    /// <summary>Of fields without a complaint.</summary>
    public ExecutionFilter Filter() => new()
    {
        Script = Script,
        Kind = Kind,
        Status = Status,
        Trigger = Trigger,
        Code = Code,
        From = From,
        To = To,
        DurationMsMin = DurationMsMin,
        DurationMsMax = DurationMsMax,
        Text = Text,
        Labels = ExecutionsEndpoints.Labels(Label ?? []).Value!,
    };
}
