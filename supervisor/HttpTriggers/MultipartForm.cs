using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.HttpTriggers;

/// <summary>A <c>multipart/form-data</c> body (RFC 7578) as an object: files with their bytes in base64, everything else as text.</summary>
internal static class MultipartForm
{
    /// <summary>A form with more is not read: each part costs many times its bytes.</summary>
    private const int PartsMax = 10_000;

    private const int BoundaryCharactersMax = 70;

    /// <summary>The parts by name, in the order of their first appearance; null where it is no such form.</summary>
    public static async ValueTask<OrderedDictionary<string, List<Part>>?> ReadAsync(MediaTypeHeaderValue type, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).ToString();
        if (boundary.Length is 0 or > BoundaryCharactersMax || !MemoryMarshal.TryGetArray(body, out var bytes)) return null;
        using var stream = new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count, writable: false);
        var reader = new MultipartReader(boundary, stream);
        var parts = new OrderedDictionary<string, List<Part>>(StringComparer.Ordinal);
        try
        {
            for (var count = 0; await reader.ReadNextSectionAsync(cancellationToken) is { } section; count++)
            {
                if (count == PartsMax || !ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition) || !disposition.Name.HasValue) return null;
                using var content = new MemoryStream();
                await section.Body.CopyToAsync(content, cancellationToken);
                var name = Plain(disposition.Name);
                if (!parts.TryGetValue(name, out var same)) parts.Add(name, same = []);
                same.Add(PartOf(disposition, section.ContentType, content.ToArray()));
            }
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            // It ends before its last boundary, or a part's headers are none, or too many.
            return null;
        }

        return parts;
    }

    public static void Write(Utf8JsonWriter json, Part part)
    {
        if (part.FileName is null)
        {
            json.WriteStringValue(part.Text);
            return;
        }

        json.WriteStartObject();
        json.WriteString("filename"u8, part.FileName);
        json.WriteString("contentType"u8, part.ContentType);
        json.WriteNumber("size"u8, part.Bytes.Length);
        json.WriteBase64String("base64"u8, part.Bytes);
        json.WriteEndObject();
    }

    /// <summary>A part with a file name is a file, even where the name is empty: so a browser sends a field in which no file was chosen.</summary>
    private static Part PartOf(ContentDispositionHeaderValue disposition, string? contentType, byte[] bytes)
    {
        if (disposition.FileNameStar.HasValue || disposition.FileName.HasValue)
        {
            // RFC 7578, 4.4: text/plain where the part does not say.
            return new Part("", disposition.FileNameStar.HasValue ? disposition.FileNameStar.ToString() : Plain(disposition.FileName), contentType ?? "text/plain", bytes);
        }

        return new Part(Charsets.Decode(bytes, Charsets.TypeOf(contentType)), null, "", []);
    }

    private static string Plain(Microsoft.Extensions.Primitives.StringSegment quoted) =>
        HeaderUtilities.RemoveQuotes(quoted).ToString().Replace("\\\"", "\"", StringComparison.Ordinal);

    /// <param name="Text">Of a part that is no file.</param>
    /// <param name="FileName">Null where it is no file.</param>
    internal sealed record Part(string Text, string? FileName, string ContentType, byte[] Bytes);
}
