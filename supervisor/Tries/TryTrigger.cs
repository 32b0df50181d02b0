using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.HttpTriggers;
using Sandbox.Supervisor.Scripts;

namespace Sandbox.Supervisor.Tries;

/// <summary>
/// <c>context.trigger</c> of a try: of type <c>try</c>, with what the script's own trigger would give it, so that a source runs as it will later.
/// </summary>
internal static class TryTrigger
{
    private const string Mask = "***";
    private static readonly string[] s_fields = ["method", "path", "params", "query", "headers"];
    private static readonly JsonWriterOptions s_plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>The trigger, and its masked copy where that differs; 422 for a request that could be none.</summary>
    /// <param name="script">What is tried.</param>
    /// <param name="request">An HTTP script's request: any of method, path, params, query and headers. The input is its body.</param>
    /// <param name="input">JSON.</param>
    /// <param name="now">When it is tried.</param>
    public static Result<(RawJson Trigger, RawJson? Recorded)> Of(Script script, RawJson? request, RawJson input, DateTimeOffset now)
    {
        if (request is not null && script.Kind != ScriptKind.Http) return Problem.Invalid(new FieldError("request", "is for scripts of the kind http alone"));
        if (script.Kind != ScriptKind.Http) return (new RawJson(Object(json => Fields(json, script, input, now))), null);
        using var given = JsonDocument.Parse(request?.ToString() is { } text and not "null" ? text : "{}");
        if (Complaint(given.RootElement) is { } complaint) return Problem.Invalid(complaint);
        var trigger = new RawJson(Object(json => Request(json, script, given.RootElement, input, isMasked: false)));
        var recorded = new RawJson(Object(json => Request(json, script, given.RootElement, input, isMasked: true)));
        return (trigger, recorded == trigger ? null : recorded);
    }

    private static void Fields(Utf8JsonWriter json, Script script, RawJson input, DateTimeOffset now)
    {
        var moment = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        if (script.Kind == ScriptKind.Scheduled && Read(script, ScriptsJson.Default.CronTrigger) is { } cron)
        {
            json.WriteString("cronExpression", cron.Cron);
            json.WriteString("timezone", cron.Timezone);
            json.WriteString("scheduledFor", moment);
            json.WriteNumber("missed", 0);
        }
        else if (script.Kind == ScriptKind.Event && Read(script, ScriptsJson.Default.EventTrigger) is { EventTypes: [var type, ..] })
        {
            json.WriteString("eventId", "try");
            json.WriteString("eventType", type);
            json.WriteString("eventSource", "try");
            json.WriteString("eventTime", moment);
            json.WritePropertyName("eventPayload");
            json.WriteRawValue(input.ToString(), skipInputValidation: true);
        }
    }

    private static void Request(Utf8JsonWriter json, Script script, JsonElement given, RawJson input, bool isMasked)
    {
        var trigger = Read(script, ScriptsJson.Default.HttpTrigger);
        json.WriteStartObject("httpRequest");
        json.WriteString("method", given.TryGetProperty("method", out var method) ? method.GetString() : trigger?.Methods[0] ?? "GET");
        json.WriteString("path", given.TryGetProperty("path", out var path) ? path.GetString() : trigger?.Path ?? "/");
        foreach (var name in (string[])["params", "query"])
        {
            json.WritePropertyName(name);
            if (given.TryGetProperty(name, out var pairs)) pairs.WriteTo(json);
            else json.WriteRawValue("{}");
        }

        json.WriteStartObject("headers");
        if (given.TryGetProperty("headers", out var headers))
        {
            foreach (var header in headers.EnumerateObject())
            {
                var name = header.Name.ToLowerInvariant();
                json.WriteString(name, isMasked && SensitiveHeaders.IsMasked(name) ? Mask : header.Value.GetString());
            }
        }

        json.WriteEndObject();
        var body = input.ToString();
        json.WritePropertyName("body");
        json.WriteRawValue(body, skipInputValidation: true);
        json.WriteString("rawBody", body == "null" ? "" : body);
        json.WriteNull("ip");
        json.WriteEndObject();
    }

    private static FieldError? Complaint(JsonElement given)
    {
        if (given.ValueKind != JsonValueKind.Object) return new FieldError("request", $"must be an object with {string.Join(", ", s_fields)}");
        foreach (var field in given.EnumerateObject())
        {
            var isRight = field.Name switch
            {
                "method" or "path" => field.Value.ValueKind == JsonValueKind.String,
                "params" or "headers" => field.Value.ValueKind == JsonValueKind.Object && field.Value.EnumerateObject().All(one => one.Value.ValueKind == JsonValueKind.String),
                "query" => field.Value.ValueKind == JsonValueKind.Object && field.Value.EnumerateObject().All(one => IsTextOrTexts(one.Value)),
                _ => false,
            };
            if (isRight) continue;
            return new FieldError($"request.{field.Name}", field.Name switch
            {
                "method" or "path" => "must be a string",
                "params" or "headers" => "must be an object of strings",
                "query" => "must be an object of strings and lists of strings",
                _ => $"is not a field here; the fields are {string.Join(", ", s_fields)}",
            });
        }

        return null;
    }

    private static bool IsTextOrTexts(JsonElement value) =>
        value.ValueKind == JsonValueKind.String
        || (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(one => one.ValueKind == JsonValueKind.String));

    private static T? Read<T>(Script script, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) where T : class =>
        script.Trigger is { } trigger ? JsonSerializer.Deserialize(trigger.ToString(), type) : null;

    private static string Object(Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, s_plain))
        {
            json.WriteStartObject();
            json.WriteString("type", "try");
            write(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }
}
