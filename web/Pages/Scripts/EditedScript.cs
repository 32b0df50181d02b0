using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Protocol.Api;

namespace Sandbox.Web.Pages.Scripts;

/// <summary>What the editor shows: a draft over its script, or a script that is to be made.</summary>
public sealed record EditedScript
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Null: it is to be made.</summary>
    public string? Name { get; init; }

    public required ScriptKind Kind { get; init; }
    public required string Source { get; init; }
    public RawJson? Trigger { get; init; }
    public RawJson? Uses { get; init; }
    public ScriptLimits Limits { get; init; } = new();
    public RawJson? Retry { get; init; }
    public RawJson? InputSchema { get; init; }
    public RecordPolicy Record { get; init; } = RecordPolicy.All;
    public string? Description { get; init; }
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The version that the draft was written on; 0: there is none yet.</summary>
    public int BaseVersion { get; init; }

    public int LiveVersion { get; init; }

    /// <summary>Null: nothing differs from what is live.</summary>
    public DateTimeOffset? DraftedAt { get; init; }

    /// <summary>Drafts of all others, the last written first.</summary>
    public IReadOnlyList<OtherDraft> Others { get; init; } = [];

    /// <summary>As the API spells it.</summary>
    public string KindText => Kind.ToString().ToLowerInvariant();

    public static EditedScript Of(Script script) => new()
    {
        Name = script.Name,
        Kind = script.Kind,
        Source = script.Source,
        Trigger = script.Trigger,
        Uses = script.Uses,
        Limits = script.Limits,
        Retry = script.Retry,
        InputSchema = script.InputSchema,
        Record = script.Record,
        Description = script.Description,
        Tags = script.Tags,
        BaseVersion = script.Version,
        LiveVersion = script.Version,
    };

    public static EditedScript Of(Script script, Draft draft) => Of(script) with
    {
        Source = draft.Source,
        Trigger = draft.Trigger,
        Uses = draft.Uses,
        Limits = draft.Limits,
        Retry = draft.Retry,
        InputSchema = draft.InputSchema,
        Record = draft.Record,
        Description = draft.Description,
        Tags = draft.Tags,
        BaseVersion = draft.BaseVersion,
        LiveVersion = draft.LiveVersion,
        DraftedAt = draft.UpdatedAt,
    };

    /// <summary>A field of the trigger as an input shows it: text as it is, a list by commas, anything else as JSON.</summary>
    /// <param name="name">With dots where it lies deeper.</param>
    public string? TriggerField(string name) => Field(Trigger, name);

    /// <summary>A field of the retry policy.</summary>
    public string? RetryField(string name) => Field(Retry, name);

    /// <summary>JSON for a text area.</summary>
    public static string? Indented(RawJson? json) => json is { } given && given.ToString() is not "null" and var text ? JsonNode.Parse(text)?.ToJsonString(s_indented) : null;

    private static string? Field(RawJson? json, string name)
    {
        if (json is not { } given) return null;
        var found = name.Split('.').Aggregate(JsonNode.Parse(given.ToString()), (node, part) => node is JsonObject fields ? fields[part] : null);
        return found switch
        {
            null => null,
            JsonValue one when one.TryGetValue<string>(out var text) => text,
            JsonValue one => Convert.ToString(one.ToJsonString(), CultureInfo.InvariantCulture),
            JsonArray list when list.All(item => item is JsonValue one && one.GetValueKind() == JsonValueKind.String) => string.Join(", ", list.Select(item => item!.GetValue<string>())),
            _ => found.ToJsonString(s_indented),
        };
    }
}
