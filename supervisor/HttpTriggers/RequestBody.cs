using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.Net.Http.Headers;
using Sandbox.Protocol.Api;
using Sandbox.Protocol.Text;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.HttpTriggers;

/// <summary>What a script sees as <c>body</c>, by the request's content type. A body that does not parse is null; none is a reason to refuse.</summary>
internal static class RequestBody
{
    private static readonly ReadOnlyMemory<byte> s_null = "null"u8.ToArray();

    /// <summary>One JSON value in UTF-8, which may be a part of <paramref name="body"/>.</summary>
    public static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(string? contentType, string? contentEncoding, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (body.IsEmpty || IsCompressed(contentEncoding)) return s_null;
        var type = Charsets.TypeOf(contentType);
        var media = type?.MediaType.ToString() ?? (contentType ?? "").Split(';')[0].Trim();
        if (IsJson(media)) return Json(body);
        if (media.StartsWith("text/", StringComparison.OrdinalIgnoreCase)) return Written(json => WriteText(json, body.Span, type));
        if (media.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase)) return Written(json => RequestPairs.Write(json, Encoding.UTF8.GetString(body.Span)));
        if (type is null || !media.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)) return s_null;
        return await MultipartForm.ReadAsync(type, body, cancellationToken) is { } parts ? Written(json => WriteParts(json, parts)) : s_null;
    }

    private static bool IsCompressed(string? contentEncoding) =>
        (contentEncoding ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Any(coding => !coding.Equals("identity", StringComparison.OrdinalIgnoreCase));

    private static bool IsJson(string media) =>
        media.Equals("application/json", StringComparison.OrdinalIgnoreCase)
        || media.Equals("text/json", StringComparison.OrdinalIgnoreCase)
        || media.EndsWith("+json", StringComparison.OrdinalIgnoreCase);

    /// <summary>As it came: numbers keep their digits, escapes stay escapes.</summary>
    private static ReadOnlyMemory<byte> Json(ReadOnlyMemory<byte> body)
    {
        var text = body.Span.StartsWith(Encoding.UTF8.Preamble) ? body[Encoding.UTF8.Preamble.Length..] : body;
        return JsonShape.Broken(text.Span, JsonText.DepthMax) is null ? text : s_null;
    }

    private static void WriteText(Utf8JsonWriter json, ReadOnlySpan<byte> body, MediaTypeHeaderValue? type)
    {
        if (type?.Charset.HasValue is not true && !body.StartsWith(Encoding.UTF8.Preamble) && Utf8.IsValid(body)) json.WriteStringValue(body);
        else json.WriteStringValue(Charsets.Decode(body, type));
    }

    private static void WriteParts(Utf8JsonWriter json, OrderedDictionary<string, List<MultipartForm.Part>> parts)
    {
        json.WriteStartObject();
        foreach (var (name, same) in parts)
        {
            json.WritePropertyName(name);
            if (same.Count > 1) json.WriteStartArray();
            foreach (var part in same) MultipartForm.Write(json, part);
            if (same.Count > 1) json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static ReadOnlyMemory<byte> Written(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, RequestTrigger.Options)) write(json);
        return buffer.WrittenMemory;
    }
}
