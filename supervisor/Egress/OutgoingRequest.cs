using System.Globalization;
using System.Text;
using System.Text.Json;
using Sandbox.Protocol.Text;
using Sandbox.Supervisor.Broker;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Egress;

/// <summary>A request of a script, its arguments checked: <c>(method, url, options)</c>.</summary>
/// <param name="Headers">In order; names as they were written.</param>
/// <param name="Body">Null: none.</param>
/// <param name="IsText">The answer's body is wanted as text in its charset, else as its bytes.</param>
internal sealed record OutgoingRequest(
    HttpMethod Method, Uri Url, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[]? Body, TimeSpan Timeout, RedirectMode Redirect, string? Connection, bool IsText)
{
    /// <summary>Bytes of a body, in and out.</summary>
    public const int BodyMax = 10 * 1024 * 1024;

    private const int UrlMax = 16 * 1024;
    private const int HeaderCharactersMax = 64 * 1024;
    private const int TimeoutDefaultMs = 10_000;
    private const int TimeoutMaxMs = 300_000;
    private static readonly string[] s_methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

    /// <summary>What the client writes by itself, and better.</summary>
    private static readonly string[] s_ignored = ["content-length", "accept-encoding"];

    public bool IsRead => Method == HttpMethod.Get || Method == HttpMethod.Head;

    public static OutgoingRequest Read(BrokerCall call)
    {
        var method = call.Text(0, "method", 20).ToUpperInvariant();
        if (Array.IndexOf(s_methods, method) < 0) throw call.Invalid($"method must be one of {string.Join(", ", s_methods)}");
        var url = UrlOf(call, call.Text(1, "url", UrlMax), null);
        var options = call.Argument(2) is { ValueKind: JsonValueKind.Object } given ? given : default;
        var request = new OutgoingRequest(
            HttpMethod.Parse(method),
            url,
            HeadersOf(call, options),
            BodyOf(call, options),
            TimeSpan.FromMilliseconds(TimeoutOf(call, options)),
            RedirectOf(call, options),
            TextOf(call, options, "connection", 100),
            Property(options, "as") is { ValueKind: JsonValueKind.String } form && form.ValueEquals("text"));
        return request.Body is not null && request.IsRead ? throw call.Invalid($"a {method} has no body") : request;
    }

    /// <summary>An absolute URL whose host is written as it is called.</summary>
    /// <param name="from">What a relative one is relative to; null: it must be absolute.</param>
    public static Uri UrlOf(BrokerCall call, string text, Uri? from)
    {
        if (!(from is null ? Uri.TryCreate(text.Trim(), UriKind.Absolute, out var url) : Uri.TryCreate(from, text.Trim(), out url)) || url.Scheme is not ("http" or "https"))
            throw call.Invalid("url must be absolute and begin with http:// or https://");
        if (url.UserInfo.Length > 0) throw call.Invalid("url must not hold a user or password; use the header authorization, or a connection");
        if (UrlHost.Parse(url.Host) is not { } host) throw call.Invalid($"url has no host that can be called ({JsonText.Cut(url.Host, 200)})");
        return new UriBuilder(url) { Host = host.InUrl, Fragment = "" }.Uri;
    }

    private static JsonElement? Property(JsonElement options, string name) =>
        options.ValueKind == JsonValueKind.Object && options.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string? TextOf(BrokerCall call, JsonElement options, string name, int charactersMax)
    {
        if (Property(options, name) is not { } value) return null;
        return value.ValueKind == JsonValueKind.String && JsonText.Decode(value.GetRawText()) is { Length: > 0 } text && text.Length <= charactersMax
            ? text
            : throw call.Invalid($"{name} must be a string of 1 to {charactersMax} characters");
    }

    private static int TimeoutOf(BrokerCall call, JsonElement options)
    {
        if (Property(options, "timeout") is not { } value) return TimeoutDefaultMs;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var ms) && ms is >= 1 and <= TimeoutMaxMs
            ? (int)ms
            : throw call.Invalid($"timeout must be 1 to {TimeoutMaxMs} milliseconds");
    }

    private static RedirectMode RedirectOf(BrokerCall call, JsonElement options) => TextOf(call, options, "redirect", 20) switch
    {
        null or "follow" => RedirectMode.Follow,
        "error" => RedirectMode.Error,
        "manual" => RedirectMode.Manual,
        _ => throw call.Invalid("redirect must be 'follow', 'error' or 'manual'"),
    };

    private static byte[]? BodyOf(BrokerCall call, JsonElement options)
    {
        if (Property(options, "body") is not { } value) return null;
        byte[] body;
        if (value.ValueKind != JsonValueKind.String) throw call.Invalid("body must be a string");
        if (Property(options, "bodyEncoding") is { ValueKind: JsonValueKind.String } encoding && encoding.ValueEquals("base64"))
        {
            if (!value.TryGetBytesFromBase64(out body!)) throw call.Invalid("body is no base64");
        }
        else
        {
            body = Encoding.UTF8.GetBytes(JsonText.Read(value.GetRawText()));
        }

        return body.Length <= BodyMax ? body : throw call.Invalid($"body has {body.Length} bytes; at most {BodyMax} are sent");
    }

    /// <summary>A list of pairs of name and value.</summary>
    private static List<KeyValuePair<string, string>> HeadersOf(BrokerCall call, JsonElement options)
    {
        var headers = new List<KeyValuePair<string, string>>();
        if (Property(options, "headers") is not { } given) return headers;
        if (given.ValueKind != JsonValueKind.Array) throw call.Invalid("headers must be a list of pairs");
        var characters = 0;
        foreach (var pair in given.EnumerateArray())
        {
            if (pair.ValueKind != JsonValueKind.Array || pair.GetArrayLength() != 2 || pair[0].ValueKind != JsonValueKind.String || pair[1].ValueKind != JsonValueKind.String)
                throw call.Invalid("headers must be a list of pairs of name and value");
            var (name, value) = (JsonText.Read(pair[0].GetRawText()), JsonText.Read(pair[1].GetRawText()).Trim([' ', '\t']));
            if (!HeaderText.IsName(name)) throw call.Invalid($"'{JsonText.Cut(name, 100)}' is no name of a header");
            if (!HeaderText.IsValue(value)) throw call.Invalid($"the value of the header {name} has characters that HTTP does not allow");
            var lower = name.ToLowerInvariant();
            if (HeaderText.IsOfConnection(lower)) throw call.Invalid($"the header {name} is the platform's own; leave it out");
            if (Array.IndexOf(s_ignored, lower) >= 0) continue;
            characters += name.Length + value.Length;
            headers.Add(KeyValuePair.Create(name, value));
        }

        return characters <= HeaderCharactersMax
            ? headers
            : throw call.Invalid(string.Create(CultureInfo.InvariantCulture, $"headers have {characters} characters; at most {HeaderCharactersMax} are sent"));
    }
}
