using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Egress;

/// <summary>What a dry run's requests are answered with: the stub whose name fits best, else 200 and an empty object.</summary>
internal static class DryRunAnswers
{
    /// <summary>For the worker, as <see cref="HttpAnswer.Json"/>; and what is written down of request and answer.</summary>
    /// <param name="stubs">
    /// <c>{http: {"POST https://api.example.com/orders": {status, headers, body}, "GET https://api.example.com/*": …, "*": …}}</c>; null: none.
    /// </param>
    public static (string Answer, string Record) Of(string capability, OutgoingRequest request, RawJson? stubs)
    {
        var stub = Stub(stubs, $"{request.Method} {request.Url.AbsoluteUri}");
        var status = stub?["status"] is JsonValue given && given.TryGetValue<int>(out var number) ? number : 200;
        var body = stub is null ? new JsonObject() : stub["body"];
        var isText = body is JsonValue value && value.GetValueKind() == JsonValueKind.String;
        var text = isText ? body!.GetValue<string>() : body?.ToJsonString() ?? "";
        var headers = new JsonArray();
        foreach (var (name, content) in stub?["headers"] as JsonObject ?? []) headers.Add(new JsonArray(name.ToLowerInvariant(), content?.ToString() ?? ""));
        if (!headers.Any(header => header![0]!.GetValue<string>() == "content-type")) headers.Add(new JsonArray("content-type", isText ? "text/plain; charset=utf-8" : "application/json"));
        var answer = new JsonObject
        {
            ["status"] = status,
            ["statusText"] = "",
            ["url"] = request.Url.AbsoluteUri,
            ["redirected"] = false,
            ["headers"] = headers,
            ["body"] = text,
        };
        var record = new JsonObject
        {
            ["capability"] = capability,
            ["method"] = request.Method.Method,
            ["url"] = request.Url.AbsoluteUri,
            ["connection"] = request.Connection,
            ["headers"] = new JsonArray([.. request.Headers.Select(header => (JsonNode)new JsonArray(header.Key, header.Value))]),
            ["body"] = BodyOf(request),
            ["answer"] = new JsonObject { ["status"] = status, ["body"] = text },
        };
        return (answer.ToJsonString(), record.ToJsonString());
    }

    private static JsonNode? BodyOf(OutgoingRequest request)
    {
        if (request.Body is not { } body) return null;
        return System.Text.Unicode.Utf8.IsValid(body) ? System.Text.Encoding.UTF8.GetString(body) : $"({body.Length} bytes)";
    }

    /// <summary>The exact name, else the longest one with a star that fits.</summary>
    private static JsonObject? Stub(RawJson? stubs, string request)
    {
        if (stubs is not { } text || JsonNode.Parse(text.Text) is not JsonObject all || all["http"] is not JsonObject http) return null;
        var name = http.Select(pair => pair.Key)
            .Where(key => key == request || (key.EndsWith('*') && request.StartsWith(key[..^1], StringComparison.Ordinal)))
            .OrderByDescending(key => key == request).ThenByDescending(key => key.Length).FirstOrDefault();
        return name is null ? null : http[name] as JsonObject;
    }
}
