using System.Text.Json;
using Sandbox.Protocol.Api;
using Sandbox.Protocol.Text;

namespace Sandbox.Supervisor.Executions;

/// <summary>The recorded output of an <c>http</c> execution: <c>{status, headers, body}</c>, whichever way the script answered.</summary>
internal static class HttpOutput
{
    /// <param name="answer">JSON text of the returned value, or of what <c>sdk.respond</c> was given; null: <c>undefined</c>.</param>
    /// <param name="responded">Which of the two.</param>
    public static RawJson Record(string? answer, bool responded)
    {
        if (answer is null) return new RawJson("""{"status":204,"headers":{},"body":null}""");
        if (!responded) return new RawJson($$"""{"status":200,"headers":{"content-type":"application/json"},"body":{{answer}}}""");

        // A JSON body crosses as the text that will be sent; in the record it stands as the value it is.
        using var document = JsonDocument.Parse(answer, new JsonDocumentOptions { MaxDepth = JsonText.DepthMax + 2 });
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("body", out var body) || body.ValueKind != JsonValueKind.String
            || !root.TryGetProperty("headers", out var headers) || !IsJson(headers)
            || JsonText.Decode(body.GetRawText()) is not { } text || !JsonText.IsValid(text))
            return new RawJson(answer);
        var status = root.TryGetProperty("status", out var s) ? s.GetRawText() : "200";
        return new RawJson($$"""{"status":{{status}},"headers":{{headers.GetRawText()}},"body":{{text}}}""");
    }

    private static bool IsJson(JsonElement headers) =>
        headers.ValueKind == JsonValueKind.Object && headers.EnumerateObject().Any(h =>
            h.Name.Equals("content-type", StringComparison.OrdinalIgnoreCase) && h.Value.ValueKind == JsonValueKind.String
            && h.Value.GetRawText().Contains("json", StringComparison.OrdinalIgnoreCase));
}
