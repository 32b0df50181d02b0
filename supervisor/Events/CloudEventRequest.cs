using System.Text.Json;
using CloudNative.CloudEvents;
using CloudNative.CloudEvents.SystemTextJson;
using Sandbox.Protocol.Api;
using Sandbox.Protocol.Text;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Events;

/// <summary>The events of a request, all of them or a problem that names each item and field that is wrong.</summary>
internal static class CloudEventRequest
{
    private const int EventsMax = 1_000;
    private const int ErrorsShown = 20;
    private const string HeaderPrefix = "ce-";
    private static readonly string[] s_required = ["specversion", "id", "source", "type"];

    /// <summary>Levels of the envelope around the data.</summary>
    private static readonly JsonDocumentOptions s_json = new() { MaxDepth = JsonText.DepthMax + 3 };
    private static readonly JsonEventFormatter s_formatter = new(new JsonSerializerOptions(), s_json);

    /// <summary>Null where it is none of the three.</summary>
    public static CloudEventMode? ModeOf(HttpRequest request)
    {
        var media = (request.ContentType ?? "").Split(';')[0].Trim();
        if (Is("application/cloudevents+json")) return CloudEventMode.Structured;
        if (Is("application/cloudevents-batch+json")) return CloudEventMode.Batch;
        if (request.Headers.ContainsKey(HeaderPrefix + "specversion")) return CloudEventMode.Binary;
        return Is("application/json") ? CloudEventMode.Structured : null;

        bool Is(string other) => media.Equals(other, StringComparison.OrdinalIgnoreCase);
    }

    public static Result<List<NewEvent>> Read(HttpRequest request, CloudEventMode mode, ReadOnlyMemory<byte> body)
    {
        if (mode == CloudEventMode.Binary) return All([() => Converted("", request, body)]);
        if (JsonShape.Broken(body.Span, s_json.MaxDepth) is { } broken) return broken;
        using var document = JsonDocument.Parse(body, s_json);
        var root = document.RootElement;
        if (mode == CloudEventMode.Structured) return All([() => Converted("", root)]);
        if (root.ValueKind != JsonValueKind.Array) return Problem.Invalid(new FieldError("body", "must be a list of events"));
        if (root.GetArrayLength() is > EventsMax and var count)
            return Problem.Invalid(new FieldError("body", $"has {count} events; at most {EventsMax} are taken at once"));
        return All(root.EnumerateArray().Select((item, i) => (Func<Result<NewEvent>>)(() => Converted($"[{i}].", item))));
    }

    private static Result<List<NewEvent>> All(IEnumerable<Func<Result<NewEvent>>> items)
    {
        var events = new List<NewEvent>();
        var errors = new List<FieldError>();
        foreach (var item in items)
        {
            var read = item();
            if (read.Problem is { Status: 413 } tooLarge) return tooLarge;
            if (read.Problem is { } problem) errors.AddRange(problem.Errors);
            else events.Add(read.Value!);
            if (errors.Count >= ErrorsShown) break;
        }

        return errors.Count > 0 ? Problem.Invalid([.. errors]) : events;
    }

    private static Result<NewEvent> Converted(string prefix, JsonElement item)
    {
        if (item.ValueKind != JsonValueKind.Object) return Problem.Invalid(new FieldError(CloudEventRules.Whole(prefix), "must be a CloudEvent, a JSON object"));
        if (Missing(prefix, Text, "\"1.0\"") is { } missing) return missing;
        return Converted(prefix, () => s_formatter.ConvertFromJsonElement(item, null));

        string? Text(string name) => item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetRawText() : null;
    }

    private static Result<NewEvent> Converted(string prefix, HttpRequest request, ReadOnlyMemory<byte> body)
    {
        if (Missing(prefix, Text, "1.0") is { } missing) return missing;
        return Converted(prefix, () =>
        {
            var read = new CloudEvent(CloudEventsSpecVersion.V1_0);
            foreach (var (name, values) in request.Headers.Where(header => header.Key.StartsWith(HeaderPrefix, StringComparison.OrdinalIgnoreCase)))
            {
                var attribute = name[HeaderPrefix.Length..].ToLowerInvariant();
                // The HTTP binding writes what is no plain ASCII with percent signs.
                if (attribute != "specversion") read.SetAttributeFromString(attribute, Uri.UnescapeDataString(values.ToString()));
            }

            if (request.ContentType is { } type) read.DataContentType = type;
            if (body.Length > 0) s_formatter.DecodeBinaryModeEventData(body, read);
            return read;
        });

        string? Text(string name) => request.Headers[HeaderPrefix + name] is [{ Length: > 0 } value] ? value : null;
    }

    private static Problem? Missing(string prefix, Func<string, string?> value, string version)
    {
        var errors = s_required.Where(name => value(name) is null).Select(name => new FieldError(prefix + name, "is missing; it must be a string")).ToList();
        if (value("specversion") is { } given && given != version) errors.Add(new FieldError(prefix + "specversion", "must be 1.0"));
        return errors.Count > 0 ? Problem.Invalid(errors) : null;
    }

    private static Result<NewEvent> Converted(string prefix, Func<CloudEvent> read)
    {
        CloudEvent converted;
        try
        {
            converted = read();
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidOperationException or JsonException)
        {
            // The package says what is wrong, and to whom in .NET: the second half is not the caller's business.
            var message = e.Message.Split(" (Parameter", 2)[0];
            return Problem.Invalid(new FieldError(CloudEventRules.Whole(prefix), $"is not a CloudEvent: {message}"));
        }

        return CloudEventRules.Read(converted, prefix);
    }
}
