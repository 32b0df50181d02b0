using System.Buffers;
using System.Buffers.Text;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.WebUtilities;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.HttpTriggers;

/// <summary>Writes what a script sees as <c>context.trigger</c>, and the masked copy that history keeps.</summary>
internal static class RequestTrigger
{
    private const string Mask = "***";

    /// <summary>For JSON.parse alone, never for HTML: what need not be escaped is not.</summary>
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>The trigger, and its masked copy where that differs.</summary>
    public static (RawJson Trigger, RawJson? Recorded) Write(HttpRequest request, RequestPath path, IReadOnlyList<KeyValuePair<string, string>> parameters, IReadOnlyList<KeyValuePair<string, string>> headers, ReadOnlySpan<byte> body, IPAddress? ip)
    {
        var trigger = Text(request, path, parameters, headers, body, ip, masked: false);
        var secret = headers.Any(header => SensitiveHeaders.IsMasked(header.Key));
        return (trigger, secret ? Text(request, path, parameters, headers, body, ip, masked: true) : null);
    }

    private static RawJson Text(HttpRequest request, RequestPath path, IReadOnlyList<KeyValuePair<string, string>> parameters, IReadOnlyList<KeyValuePair<string, string>> headers, ReadOnlySpan<byte> body, IPAddress? ip, bool masked)
    {
        var buffer = new ArrayBufferWriter<byte>(512 + (body.Length * 2));
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
            json.WriteStartObject("query"u8);
            foreach (var (name, values) in Pairs(request.QueryString.Value)) WriteValues(json, name, values);
            json.WriteEndObject();
            json.WriteStartObject("headers"u8);
            foreach (var (name, value) in headers) json.WriteString(name, masked && SensitiveHeaders.IsMasked(name) ? Mask : value);
            json.WriteEndObject();
            WriteBody(json, request.ContentType, body);
            json.WriteString("ip"u8, ip is null ? "" : (ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip).ToString());
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return new RawJson(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    private static void WriteBody(Utf8JsonWriter json, string? contentType, ReadOnlySpan<byte> body)
    {
        json.WritePropertyName("body"u8);
        var text = Utf8.IsValid(body);
        if (body.IsEmpty || !text) json.WriteNullValue();
        else WriteParsed(json, contentType, body);

        if (text)
        {
            json.WriteString("rawBody"u8, body);
            return;
        }

        json.WriteBase64String("rawBody"u8, body);
        json.WriteString("rawBodyEncoding"u8, "base64"u8);
    }

    private static void WriteParsed(Utf8JsonWriter json, string? contentType, ReadOnlySpan<byte> body)
    {
        var media = (contentType ?? "").Split(';')[0].Trim();
        if (media.Equals("application/json", StringComparison.OrdinalIgnoreCase) || media.EndsWith("+json", StringComparison.OrdinalIgnoreCase))
        {
            // As it came: numbers keep their digits, escapes stay escapes. What is no JSON is null here and whole in rawBody.
            if (JsonShape.Broken(body, JsonText.DepthMax) is null) json.WriteRawValue(body, skipInputValidation: true);
            else json.WriteNullValue();
        }
        else if (media.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
        {
            json.WriteStartObject();
            foreach (var (name, values) in Pairs(Encoding.UTF8.GetString(body))) WriteValues(json, name, values);
            json.WriteEndObject();
        }
        else if (media.StartsWith("text/", StringComparison.OrdinalIgnoreCase) || media.EndsWith("/xml", StringComparison.OrdinalIgnoreCase) || media.EndsWith("+xml", StringComparison.OrdinalIgnoreCase))
        {
            json.WriteStringValue(body);
        }
        else
        {
            json.WriteNullValue();
        }
    }

    /// <summary>Names and values in the order of their first appearance. Names that differ in case differ: ASP.NET's own collections would merge them.</summary>
    private static Dictionary<string, List<string>> Pairs(string? text)
    {
        var pairs = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var pair in new QueryStringEnumerable(text))
        {
            var name = pair.DecodeName().ToString();
            if (!pairs.TryGetValue(name, out var values)) pairs[name] = values = [];
            values.Add(pair.DecodeValue().ToString());
        }

        return pairs;
    }

    /// <summary>One value is a string, several are a list.</summary>
    private static void WriteValues(Utf8JsonWriter json, string name, List<string> values)
    {
        json.WritePropertyName(name);
        if (values.Count == 1)
        {
            json.WriteStringValue(values[0]);
            return;
        }

        json.WriteStartArray();
        foreach (var value in values) json.WriteStringValue(value);
        json.WriteEndArray();
    }
}
