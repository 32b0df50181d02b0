using System.Text.Json.Nodes;
using Microsoft.Extensions.Localization;
using Sandbox.Protocol.Api;

namespace Sandbox.Web.Components;

/// <summary>What starts a script, read from its trigger. A field that is absent or of another form is null.</summary>
/// <param name="script">Whose trigger it is.</param>
public sealed class ScriptTrigger(Script script)
{
    private readonly JsonObject? _fields = script.Trigger is { } json ? JsonNode.Parse(json.ToString()) as JsonObject : null;

    /// <summary>Of an http script: below <c>/api/scripts</c>.</summary>
    public string? Path => Text("path");

    /// <summary>Of an http script.</summary>
    public IReadOnlyList<string> Methods => Texts("methods");

    /// <summary>Of an http script: token, public or webhook.</summary>
    public string Access => Text("auth") ?? "token";

    /// <summary>One short sentence.</summary>
    public string Words(IStringLocalizer words) => script.Kind switch
    {
        ScriptKind.Http => $"{string.Join(", ", Methods)} {Path}",
        ScriptKind.Scheduled => words["{0}, in {1}", Text("cron") is { } cron ? CronWords.Of(cron, words) ?? cron : "–", Text("timezone") ?? "UTC"],
        ScriptKind.Event => Texts("event_types") is { Length: > 0 } types ? string.Join(", ", types) : words["an event"],
        ScriptKind.OneOff => words["started by hand or by the API"],
        ScriptKind.Embedded => words["called by the host application"],
        _ => throw new InvalidOperationException(script.Kind.ToString()),
    };

    /// <summary>A command line that starts it; null where a sender's signature, a clock or an event does.</summary>
    /// <param name="tenant">Slug of its tenant.</param>
    /// <param name="origin">Scheme and host of the API, as the reader reached it.</param>
    public string? Curl(string tenant, string origin) => script.Kind switch
    {
        ScriptKind.Http when Access == "webhook" => null,
        ScriptKind.Http => HttpCurl(tenant),
        ScriptKind.Embedded => Call($"{origin}/api/v1/scripts/{script.Name}/invoke"),
        ScriptKind.OneOff => Call($"{origin}/api/v1/scripts/{script.Name}/executions"),
        ScriptKind.Scheduled or ScriptKind.Event => null,
        _ => throw new InvalidOperationException(script.Kind.ToString()),
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

    private string? Text(string name) => _fields?[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private string[] Texts(string name) =>
        _fields?[name] is JsonArray list ? [.. list.OfType<JsonValue>().Select(item => item.TryGetValue<string>(out var text) ? text : "")] : [];
}
