using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Audit;

/// <summary>Top-level fields of a JSON object, as text: numbers keep their digits and strings their escapes.</summary>
internal sealed class AuditFields
{
    private const int BytesMax = 16_384;

    // All fields of a subject that are cut are still far below the whole.
    private const int FieldBytesMax = 512;
    private static readonly JsonDocumentOptions s_deep = new() { MaxDepth = 1_024 };
    private static readonly string[] s_digested = ["source", "input"];
    private readonly Dictionary<string, string> _fields = new(StringComparer.Ordinal);

    public Guid? Id { get; private init; }

    private Dictionary<string, string> Names { get; } = new(StringComparer.Ordinal);

    /// <summary>The value of <see cref="AuditSubject.NameField"/>, kept or not; null: it has none.</summary>
    public string? Text(string field) => Names.GetValueOrDefault(field);

    /// <summary>The field's JSON; null: it has none.</summary>
    public string? Raw(string field) => _fields.GetValueOrDefault(field);

    /// <summary>What a subject's JSON holds of what is kept; null where it is no object.</summary>
    public static AuditFields? Of(ReadOnlyMemory<byte> json, AuditSubject subject)
    {
        using var document = Parse(json);
        if (document?.RootElement is not { ValueKind: JsonValueKind.Object } root) return null;
        Guid? ofIt = root.TryGetProperty("id", out var id) && Guid.TryParse(String(id), out var parsed) ? parsed : null;
        var read = new AuditFields { Id = ofIt };
        if (root.TryGetProperty(subject.NameField, out var name) && String(name) is { } text) read.Names[subject.NameField] = text;
        read.Add(root, subject.Fields);
        foreach (var (field, value) in subject.Becomes) read._fields.TryAdd(field, value);
        return read;
    }

    /// <summary>What the body of a request holds of what is kept.</summary>
    public static AuditFields OfRequest(ReadOnlyMemory<byte> json, AuditSubject subject)
    {
        var read = new AuditFields();
        using var document = Parse(json);
        if (document?.RootElement is not { ValueKind: JsonValueKind.Object } root) return read;
        read.Add(root, subject.Asked);
        if (read.Raw("input") is not null) read._fields["changed_input"] = "true";
        foreach (var name in subject.WriteOnly)
            if (root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null) read._fields[name] = "\"set\"";
        return read;
    }

    /// <summary>The code of a problem; null where it is none.</summary>
    public static string? Code(ReadOnlyMemory<byte> json)
    {
        using var document = Parse(json);
        return document?.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("code", out var code)
            ? String(code)
            : null;
    }

    /// <summary>Of a change only what differs; of a new or a removed thing all.</summary>
    public static (RawJson? Before, RawJson? After) Change(AuditFields? before, AuditFields? after, AuditFields asked)
    {
        var kept = after is null ? before?._fields : before?._fields.Where(field => after.Raw(field.Key) != field.Value);
        var made = (after?._fields.Where(field => before?.Raw(field.Key) != field.Value) ?? [])
            .Concat(asked._fields.Where(field => after?.Raw(field.Key) is null)).ToArray();
        return (kept is null ? null : Json([.. kept]), after is null && made.Length == 0 ? null : Json(made));
    }

    private static RawJson Json(IReadOnlyList<KeyValuePair<string, string>> fields)
    {
        var json = Write(fields);
        return json.Length <= BytesMax
            ? Utf16(json)
            : Utf16(Write([.. fields.Select(field => Encoding.UTF8.GetByteCount(field.Value) is > FieldBytesMax and var bytes
                ? KeyValuePair.Create(field.Key, $$"""{"cut":true,"bytes":{{bytes}}}""")
                : field)]));
    }

    private static RawJson Utf16(ReadOnlySpan<byte> json) => new(Encoding.UTF8.GetString(json));

    private static ReadOnlySpan<byte> Write(IReadOnlyList<KeyValuePair<string, string>> fields)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var (name, value) in fields)
            {
                json.WritePropertyName(name);
                json.WriteRawValue(value, skipInputValidation: true);
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan;
    }

    private static JsonDocument? Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            return json.Length == 0 ? null : JsonDocument.Parse(json, s_deep);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Null where it is no string, or one that is no Unicode.</summary>
    private static string? String(JsonElement element)
    {
        try
        {
            return element.ValueKind == JsonValueKind.String ? element.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string Digest(JsonElement element)
    {
        var bytes = Encoding.UTF8.GetBytes(String(element) ?? element.GetRawText());
        return $$"""{"sha256":"{{Convert.ToHexStringLower(SHA256.HashData(bytes))}}","bytes":{{bytes.Length}}}""";
    }

    private void Add(JsonElement root, IReadOnlyList<string> names)
    {
        foreach (var name in names)
            if (root.TryGetProperty(name, out var value)) _fields[name] = s_digested.Contains(name) ? Digest(value) : value.GetRawText();
    }
}
