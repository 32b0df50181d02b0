using System.Buffers;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.HttpTriggers;

/// <summary>Writes what a script sees as <c>context.trigger</c>, and the masked copy that history keeps.</summary>
internal static class RequestTrigger
{
    private const string Mask = "***";

    /// <summary>For JSON.parse alone, never for HTML: what need not be escaped is not.</summary>
    internal static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>The trigger, and its masked copy where that differs.</summary>
    /// <param name="body">One JSON value, of <see cref="RequestBody"/>.</param>
    public static (RawJson Trigger, RawJson? Recorded) Write(HttpRequest request, RequestPath path, IReadOnlyList<KeyValuePair<string, string>> parameters, IReadOnlyList<KeyValuePair<string, string>> headers, ReadOnlyMemory<byte> body, ReadOnlyMemory<byte> rawBody, IPAddress? ip)
    {
        var trigger = Text(request, path, parameters, headers, body, rawBody, ip, masked: false);
        var secret = headers.Any(header => SensitiveHeaders.IsMasked(header.Key));
        return (trigger, secret ? Text(request, path, parameters, headers, body, rawBody, ip, masked: true) : null);
    }

    private static RawJson Text(HttpRequest request, RequestPath path, IReadOnlyList<KeyValuePair<string, string>> parameters, IReadOnlyList<KeyValuePair<string, string>> headers, ReadOnlyMemory<byte> body, ReadOnlyMemory<byte> rawBody, IPAddress? ip, bool masked)
    {
        var buffer = new ArrayBufferWriter<byte>(512 + body.Length + rawBody.Length);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "http"u8);
            json.WriteStartObject("httpRequest"u8);
            json.WriteString("method"u8, request.Method);
            json.WriteString("path"u8, path.Path);
            json.WriteStartObject("params"u8);
            foreach (var (name, value) in parameters) json.WriteString(name, value);
            json.WriteEndObject();
            json.WritePropertyName("query"u8);
            RequestPairs.Write(json, request.QueryString.Value);
            json.WriteStartObject("headers"u8);
            foreach (var (name, value) in headers) json.WriteString(name, masked && SensitiveHeaders.IsMasked(name) ? Mask : value);
            json.WriteEndObject();
            json.WritePropertyName("body"u8);
            json.WriteRawValue(body.Span, skipInputValidation: true);
            WriteRawBody(json, rawBody.Span);
            json.WriteString("ip"u8, ip is null ? "" : (ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip).ToString());
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return new RawJson(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    private static void WriteRawBody(Utf8JsonWriter json, ReadOnlySpan<byte> body)
    {
        if (Utf8.IsValid(body))
        {
            json.WriteString("rawBody"u8, body);
            return;
        }

        json.WriteBase64String("rawBody"u8, body);
        json.WriteString("rawBodyEncoding"u8, "base64"u8);
    }
}
