using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Sandbox.Protocol.Text;
using Sandbox.Supervisor.Rest;
using Sandbox.Supervisor.Scripts;

namespace Sandbox.Supervisor.HttpTriggers;

/// <summary>The requests by which a provider makes sure of an address. The endpoint answers them itself; no script runs.</summary>
internal static class WebhookHandshake
{
    /// <summary>Whether this is Meta's, which is signed by nothing but the token it presents.</summary>
    public static bool IsMeta(HttpRequest request, HttpTrigger trigger) =>
        trigger is { Auth: HttpAuth.Webhook, Webhook.Provider: WebhookProvider.Meta } && HttpMethods.IsGet(request.Method) && request.Query["hub.mode"] == "subscribe";

    /// <summary>The challenge; null where the token is not the secret or there is no challenge.</summary>
    public static string? Meta(HttpRequest request, ReadOnlySpan<byte> key)
    {
        var (tokens, challenges) = (request.Query["hub.verify_token"], request.Query["hub.challenge"]);
        if (tokens.Count != 1 || challenges.Count != 1) return null;
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(tokens[0]!), key) ? challenges[0] : null;
    }

    /// <summary>The challenge of Slack's <c>url_verification</c>; null where the body is another. Asked after the signature was found valid.</summary>
    public static string? Slack(ReadOnlySpan<byte> body)
    {
        if (JsonShape.Broken(body, JsonText.DepthMax) is not null) return null;
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = JsonText.DepthMax });
        using var document = JsonDocument.ParseValue(ref reader);
        var root = document.RootElement;
        return root.ValueKind == JsonValueKind.Object && root.TryGetProperty("type"u8, out var type) && type.ValueKind == JsonValueKind.String
            && type.ValueEquals("url_verification"u8) && root.TryGetProperty("challenge"u8, out var challenge) && challenge.ValueKind == JsonValueKind.String
            ? JsonText.Decode(challenge.GetRawText())
            : null;
    }

    public static async Task AnswerAsync(HttpContext context, string challenge, bool prefixed)
    {
        EndpointHeaders.Seal(context.Response, prefixed);
        var bytes = Encoding.UTF8.GetBytes(challenge);
        context.Response.ContentType = "text/plain; charset=utf-8";
        // The text is the caller's: no browser may take it for a page.
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }
}
