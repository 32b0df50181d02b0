using System.Text.Json.Nodes;
using Microsoft.Extensions.Localization;
using Sandbox.Protocol.Api;

namespace Sandbox.Web.Components;

/// <summary>What starts a script, read from its trigger. A field that is absent or of another form is null.</summary>
/// <param name="kind">Of the script.</param>
/// <param name="name">Of the script.</param>
/// <param name="fields">The trigger; null where it has none.</param>
public sealed class ScriptTrigger(ScriptKind kind, string name, JsonObject? fields)
{
    /// <param name="script">Whose trigger it is.</param>
    public ScriptTrigger(Script script)
        : this(script.Kind, script.Name, script.Trigger is { } json ? JsonNode.Parse(json.ToString()) as JsonObject : null)
    {
    }

    /// <summary>Of an http script: below <c>/api/scripts</c>.</summary>
    public string? Path => Text("path");

    /// <summary>Of an http script.</summary>
    public IReadOnlyList<string> Methods => Texts("methods");

    /// <summary>Of an http script: token, public or webhook.</summary>
    public string Access => Text("auth") ?? "token";

    /// <summary>One short sentence.</summary>
    public string Words(IStringLocalizer words) => kind switch
    {
        ScriptKind.Http => $"{string.Join(", ", Methods)} {Path}",
        ScriptKind.Scheduled => words["{0}, in {1}", Text("cron") is { } cron ? CronWords.Of(cron, words) ?? cron : "–", Text("timezone") ?? "UTC"],
        ScriptKind.Event => Texts("event_types") is { Length: > 0 } types ? string.Join(", ", types) : words["an event"],
        ScriptKind.OneOff => words["started by hand or by the API"],
        ScriptKind.Embedded => words["called by the host application"],
        _ => throw new InvalidOperationException(kind.ToString()),
    };

    /// <summary>When it starts, as a whole sentence. Null where its shape has no exact words.</summary>
    public string? Sentence(IStringLocalizer words) => kind switch
    {
        ScriptKind.Scheduled => Text("cron") is { } cron && CronWords.Of(cron, words) is { } said
            ? words["{0}, {1}", said, Text("timezone") ?? "UTC"].Value
            : null,
        ScriptKind.Event => Texts("event_types") is { Length: > 0 } types ? EventSentence(types, words) : null,
        ScriptKind.Http or ScriptKind.OneOff or ScriptKind.Embedded => null,
        _ => throw new InvalidOperationException(kind.ToString()),
    };

    /// <summary>A command line that starts it; null where a sender's signature, a clock or an event does.</summary>
    /// <param name="tenant">Slug of its tenant.</param>
    /// <param name="origin">Scheme and host of the API, as the reader reached it.</param>
    public string? Curl(string tenant, string origin) => kind switch
    {
        ScriptKind.Http when Access == "webhook" => null,
        ScriptKind.Http => HttpCurl(tenant),
        ScriptKind.Embedded => Call($"{origin}/api/v1/scripts/{name}/invoke"),
        ScriptKind.OneOff => Call($"{origin}/api/v1/scripts/{name}/executions"),
        ScriptKind.Scheduled or ScriptKind.Event => null,
        _ => throw new InvalidOperationException(kind.ToString()),
    };

    // The listener of the endpoints may be behind any address, which this page does not know: the variable of demo.env stands for it.
    private string HttpCurl(string tenant)
    {
        var method = Methods is [var first, ..] ? first : "GET";
        var token = Access == "token" ? " \\\n  -H \"Authorization: Bearer $SANDBOX_TOKEN\"" : "";
        var body = method is "POST" or "PUT" or "PATCH" ? " \\\n  -H 'Content-Type: application/json' -d '{}'" : "";
        return $"curl -X {method} \"$SANDBOX_ENDPOINTS_URL/t/{tenant}/api/scripts{Path}\"{token}{body}";
    }

    private static string Call(string address) =>
        $"curl -X POST {address} \\\n  -H \"Authorization: Bearer $SANDBOX_TOKEN\" -H 'Content-Type: application/json' -d '{{\"input\": {{}}}}'";

    private string EventSentence(string[] types, IStringLocalizer words)
    {
        var listed = types is [.. var first, var last] && first.Length > 0
            ? words["{0} and {1}", string.Join(", ", first), last].Value
            : types[0];
        return (types.Length, fields?["filter"] is not null) switch
        {
            (1, false) => words["Events of the type {0} start it", listed],
            (1, true) => words["Events of the type {0} start it where the filter matches", listed],
            (_, false) => words["Events of the types {0} start it", listed],
            (_, true) => words["Events of the types {0} start it where the filter matches", listed],
        };
    }

    private string? Text(string field) => fields?[field] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private string[] Texts(string field) =>
        fields?[field] is JsonArray list ? [.. list.OfType<JsonValue>().Select(item => item.TryGetValue<string>(out var text) ? text : "")] : [];
}
