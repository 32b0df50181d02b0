using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.HttpTriggers;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Scripts;

/// <summary>What a trigger may look like, by kind; gives it back with every default filled in.</summary>
internal static partial class TriggerRules
{
    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
    private static readonly string[] Overlaps = ["skip", "queue_one", "allow"];
    private static readonly string[] Misfires = ["skip", "latest", "all"];
    private const long BodyBytesMax = 10 * 1024 * 1024;

    public static RawJson? Normal(ScriptKind kind, RawJson? trigger, List<FieldError> errors)
    {
        var given = trigger is { } raw && raw.ToString().Trim() != "null" ? raw.ToString() : null;
        switch (kind)
        {
            case ScriptKind.Http:
                return Read(given, ScriptsJson.Default.HttpTrigger, "an http script has a path: {\"path\": \"/orders/{id}\", \"methods\": [\"GET\"]}", errors) is { } http ? Http(http, errors) : null;
            case ScriptKind.Scheduled:
                return Read(given, ScriptsJson.Default.CronTrigger, "a scheduled script has a cron expression: {\"cron\": \"0 0 * * *\", \"timezone\": \"UTC\"}", errors) is { } cron ? Cron(cron, errors) : null;
            case ScriptKind.Event:
                return Read(given, ScriptsJson.Default.EventTrigger, "an event script has types: {\"event_types\": [\"payment.invoice.processed\"]}", errors) is { } @event ? Event(@event, errors) : null;
            case ScriptKind.OneOff:
            case ScriptKind.Embedded:
                if (given is not null) errors.Add(new FieldError("trigger", "must be null: one-off and embedded scripts have none"));
                return null;
            default:
                throw new InvalidOperationException(kind.ToString());
        }
    }

    /// <summary>What a trigger that need not be complete may be: no field but its own, each of its type.</summary>
    public static void Shape(ScriptKind kind, RawJson trigger, List<FieldError> errors)
    {
        switch (kind)
        {
            case ScriptKind.Http:
                Read(trigger.ToString(), ScriptsJson.Default.HttpTrigger, "", errors);
                break;
            case ScriptKind.Scheduled:
                Read(trigger.ToString(), ScriptsJson.Default.CronTrigger, "", errors);
                break;
            case ScriptKind.Event:
                Read(trigger.ToString(), ScriptsJson.Default.EventTrigger, "", errors);
                break;
            case ScriptKind.OneOff:
            case ScriptKind.Embedded:
                Normal(kind, trigger, errors);
                break;
            default:
                throw new InvalidOperationException(kind.ToString());
        }
    }

    private static T? Read<T>(string? text, JsonTypeInfo<T> type, string needed, List<FieldError> errors) where T : class
    {
        if (text is null)
        {
            errors.Add(new FieldError("trigger", $"is missing; {needed}"));
            return null;
        }

        var read = JsonShape.Read(Encoding.UTF8.GetBytes(text), type, "trigger.");
        if (read.Problem is { } problem) errors.AddRange(problem.Errors.Count > 0 ? problem.Errors : [new FieldError("trigger", problem.Detail)]);
        return read.Value;
    }

    private static RawJson? Http(HttpTrigger trigger, List<FieldError> errors)
    {
        var before = errors.Count;
        var methods = trigger.Methods.Select(method => method.ToUpperInvariant()).Distinct(StringComparer.Ordinal).ToArray();
        if (RouteTemplate.Parse(trigger.Path ?? "").Problem is { } path) errors.AddRange(trigger.Path is null ? [new FieldError("trigger.path", "is missing; such as /orders/{id}")] : path.Errors);
        if (methods.Length == 0 || methods.Except(Methods, StringComparer.Ordinal).Any()) errors.Add(new FieldError("trigger.methods", $"must be at least one of {string.Join(", ", Methods)}"));
        Webhook(trigger, errors);
        if (trigger.BodyLimitBytes is < 0 or > BodyBytesMax) errors.Add(new FieldError("trigger.body_limit_bytes", $"is {trigger.BodyLimitBytes}; choose 0 to {BodyBytesMax} bytes"));
        if (trigger.RequestsPerMinute is < 1 or > 1_000_000) errors.Add(new FieldError("trigger.requests_per_minute", $"is {trigger.RequestsPerMinute}; choose 1 to 1000000, or null for none"));
        if (trigger.Cors is { } cors) Cors(cors, errors);
        return errors.Count > before ? null : Text(trigger with { Methods = methods }, ScriptsJson.Default.HttpTrigger);
    }

    private static void Webhook(HttpTrigger trigger, List<FieldError> errors)
    {
        if (trigger.Webhook is not { } webhook)
        {
            if (trigger.Auth == HttpAuth.Webhook) errors.Add(new FieldError("trigger.webhook", "is missing; {\"provider\": \"github\", \"secret\": \"name-of-a-secret\"}"));
            return;
        }

        if (trigger.Auth != HttpAuth.Webhook) errors.Add(new FieldError("trigger.webhook", "stands with auth webhook alone"));
        if (webhook.Provider is null) errors.Add(new FieldError("trigger.webhook.provider", "is missing; one of stripe, github, slack, standard, meta"));
        if (webhook.Secret is null || !SecretName().IsMatch(webhook.Secret)) errors.Add(new FieldError("trigger.webhook.secret", "must be the name of a secret of this tenant"));
        if (webhook.ToleranceSeconds is < 1 or > 3_600) errors.Add(new FieldError("trigger.webhook.tolerance", $"is {webhook.ToleranceSeconds}; choose 1 to 3600 seconds"));
    }

    private static void Cors(HttpCors cors, List<FieldError> errors)
    {
        if (cors.Origins.Count is 0 or > 100 || cors.Origins.Any(origin => origin != "*" && !IsOrigin(origin)))
            errors.Add(new FieldError("trigger.cors.origins", "must be 1 to 100 origins such as https://shop.example.com, or * alone"));
        if (cors.Origins.Contains("*") && cors.Origins.Count > 1) errors.Add(new FieldError("trigger.cors.origins", "has * beside others; * stands alone"));
        if (cors.Origins.Contains("*") && cors.Credentials) errors.Add(new FieldError("trigger.cors.credentials", "cannot be true for every origin; name the origins"));
        if (cors.Headers.Concat(cors.ExposeHeaders).Any(header => !HeaderName().IsMatch(header))) errors.Add(new FieldError("trigger.cors.headers", "must be header names"));
        if (cors.MaxAgeSeconds is < 0 or > 86_400) errors.Add(new FieldError("trigger.cors.max_age_seconds", $"is {cors.MaxAgeSeconds}; choose 0 to 86400 seconds"));
    }

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.GetLeftPart(UriPartial.Authority).Equals(text, StringComparison.OrdinalIgnoreCase) && text.All(char.IsAscii);

    private static RawJson? Cron(CronTrigger trigger, List<FieldError> errors)
    {
        var before = errors.Count;
        errors.AddRange(CronSchedule.Parse(trigger.Cron, trigger.Timezone).Errors);
        if (!Overlaps.Contains(trigger.Overlap)) errors.Add(new FieldError("trigger.overlap", $"must be one of {string.Join(", ", Overlaps)}"));
        if (!Misfires.Contains(trigger.Misfire)) errors.Add(new FieldError("trigger.misfire", $"must be one of {string.Join(", ", Misfires)}"));
        return errors.Count > before ? null : Text(trigger, ScriptsJson.Default.CronTrigger);
    }

    private static RawJson? Event(EventTrigger trigger, List<FieldError> errors)
    {
        var before = errors.Count;
        if (trigger.EventTypes is not { Count: > 0 and <= 100 } types || types.Any(type => !EventType().IsMatch(type)))
            errors.Add(new FieldError("trigger.event_types", "must be 1 to 100 types such as payment.invoice.processed or payment.*"));
        if (trigger.DebounceMs is < 0 or > 86_400_000) errors.Add(new FieldError("trigger.debounce_ms", $"is {trigger.DebounceMs}; choose 0 to 86400000 milliseconds"));
        if (trigger.Batch is { } batch)
        {
            if (batch.Max is not (>= 1 and <= 1_000))
                errors.Add(new FieldError("trigger.batch.max", batch.Max is null ? "is missing; choose 1 to 1000 events" : $"is {batch.Max}; choose 1 to 1000 events"));
            if (batch.WithinMs is not (>= 100 and <= 3_600_000))
            {
                errors.Add(new FieldError(
                    "trigger.batch.within_ms",
                    batch.WithinMs is null ? "is missing; choose 100 to 3600000 milliseconds" : $"is {batch.WithinMs}; choose 100 to 3600000 milliseconds"));
            }

            if (trigger.DebounceMs > 0) errors.Add(new FieldError("trigger.batch", "cannot stand beside debounce_ms; choose one of them"));
        }

        if (trigger.Key is { } key && (key.Length > 500 || !Rest.Text.IsStorable(key))) errors.Add(new FieldError("trigger.key", "must be a path in the payload of at most 500 characters"));
        if (EventFilter.IsGiven(trigger.Filter) && EventFilter.Parse(trigger.Filter!.Value).Problem is { } unreadable) errors.AddRange(unreadable.Errors);
        return errors.Count > before ? null : Text(trigger, ScriptsJson.Default.EventTrigger);
    }

    private static RawJson Text<T>(T value, JsonTypeInfo<T> type) => new(JsonSerializer.Serialize(value, type));

    [GeneratedRegex(@"\A[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex HeaderName();

    [GeneratedRegex(@"\A[a-z][a-z0-9_-]{0,99}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SecretName();

    [GeneratedRegex(@"\A(\*|(?=.{1,200}\z)[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+){0,30}(\.\*)?)\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex EventType();
}
