using System.Text;
using System.Text.Json;
using CloudNative.CloudEvents;
using Sandbox.Protocol.Api;
using Sandbox.Protocol.Text;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Events;

/// <summary>What a CloudEvent must keep to here, and how it is stored.</summary>
internal static class CloudEventRules
{
    private const int TypeMax = 200;
    private const int TextMax = 500;
    private const int TextBytesMax = 1_000;
    private const int AttributesMax = 16 * 1024;
    private const int PayloadBytesMax = 1024 * 1024;
    private static readonly string[] s_columns = ["id", "source", "type", "subject", "time", "traceparent"];

    /// <summary>The name of an event as a whole.</summary>
    public static string Whole(string prefix) => prefix.Length > 0 ? prefix.TrimEnd('.') : "body";

    /// <param name="read">Has its required attributes.</param>
    /// <param name="prefix">Of the names of its fields.</param>
    public static Result<NewEvent> Read(CloudEvent read, string prefix)
    {
        var source = read.Source!.OriginalString;
        var errors = new List<FieldError>();
        Check("id", read.Id!, TextMax);
        Check("source", source, TextMax);
        Check("type", read.Type!, TypeMax);
        if (read.Type!.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)))
            errors.Add(new FieldError(prefix + "type", "must have printable characters alone"));
        if (read.Subject is { } subject) Check("subject", subject, TextMax);
        var attributes = Attributes(read);
        if (attributes?.Length > AttributesMax)
            errors.Add(new FieldError(Whole(prefix), $"has more than {AttributesMax} characters of other attributes"));
        var payload = Payload(read);
        if (payload is null || !JsonText.IsValid(payload))
            errors.Add(new FieldError(prefix + "data", $"is not JSON, as its content type says, or is nested deeper than {JsonText.DepthMax} levels"));
        if (errors.Count > 0) return Problem.Invalid([.. errors]);

        var bytes = Encoding.UTF8.GetByteCount(payload!);
        if (bytes > PayloadBytesMax)
        {
            var tooLarge = new FieldError(prefix + "data", $"has {bytes} bytes as JSON; at most {PayloadBytesMax} are kept");
            return new Problem(413, Codes.InputTooLarge, $"{tooLarge.Field}: {tooLarge.Message}") { Errors = [tooLarge] };
        }

        return new NewEvent(read.Id!, source, read.Type!, new RawJson(payload!))
        {
            Subject = read.Subject,
            Time = read.Time?.ToUniversalTime(),
            Attributes = attributes is null ? null : new RawJson(attributes),
            TraceParent = TraceParent.Parse(read["traceparent"] as string),
        };

        void Check(string name, string value, int max)
        {
            // Source and id stand in one index, whose entries PostgreSQL limits to 2.7 KB.
            if (value.Length is 0 || value.Length > max || !Rest.Text.IsStorable(value) || Encoding.UTF8.GetByteCount(value) > TextBytesMax)
                errors.Add(new FieldError(prefix + name, $"must have 1 to {max} characters, at most {TextBytesMax} bytes, without NUL and lone surrogates"));
        }
    }

    /// <summary>JSON text: JSON as it came, text as a string, bytes as <c>{"base64": …}</c>; null where JSON bytes are none.</summary>
    private static string? Payload(CloudEvent read) => read.Data switch
    {
        null => "null",
        JsonElement json => json.GetRawText(),
        string text => JsonText.Encode(text),
        byte[] bytes when IsJson(read.DataContentType) => OfBytes(bytes),
        byte[] bytes => $"{{\"base64\":\"{Convert.ToBase64String(bytes)}\"}}",
        var other => throw new InvalidOperationException($"Data of the type {other.GetType()} is none that is decoded."),
    };

    private static bool IsJson(string? contentType)
    {
        var media = (contentType ?? "application/json").Split(';')[0].Trim();
        return media.Equals("application/json", StringComparison.OrdinalIgnoreCase) || media.EndsWith("+json", StringComparison.OrdinalIgnoreCase);
    }

    private static string? OfBytes(byte[] bytes) => JsonShape.Broken(bytes, JsonText.DepthMax) is null ? Encoding.UTF8.GetString(bytes) : null;

    private static string? Attributes(CloudEvent read)
    {
        var others = read.GetPopulatedAttributes()
            .Where(pair => !s_columns.Contains(pair.Key.Name))
            .Select(pair => $"{JsonText.Encode(pair.Key.Name)}:{JsonText.Encode(pair.Key.Format(pair.Value))}")
            .ToArray();
        return others.Length == 0 ? null : $"{{{string.Join(',', others)}}}";
    }
}
