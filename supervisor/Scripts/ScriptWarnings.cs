using System.Text;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.HttpTriggers;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Scripts;

/// <summary>What is accepted and will not do what one might expect. Told with the answer to a write and by validation; never stored.</summary>
internal static class ScriptWarnings
{
    /// <param name="trigger">As <see cref="TriggerRules.Normal"/> gave it.</param>
    public static IReadOnlyList<string> Of(ScriptKind kind, RawJson? trigger)
    {
        var warnings = new List<string>();
        switch (kind)
        {
            case ScriptKind.Scheduled:
                if (trigger is { } cron) Cron(Read(cron, ScriptsJson.Default.CronTrigger), warnings);
                break;
            case ScriptKind.Http:
                if (trigger is { } text && Read(text, ScriptsJson.Default.HttpTrigger) is var http)
                {
                    if (http.Methods.All(HttpMethods.IsOptions)) warnings.Add("trigger.methods: OPTIONS is answered by the endpoint itself, so this trigger never starts the script; name another method");
                    if (http.Auth == HttpAuth.Webhook && !http.Methods.Contains("POST"))
                        warnings.Add("trigger.methods: providers send webhooks by POST, which this trigger does not take");
                }

                break;
            case ScriptKind.Event:
            case ScriptKind.OneOff:
            case ScriptKind.Embedded:
                break;
            default:
                throw new InvalidOperationException(kind.ToString());
        }

        return warnings;
    }

    /// <summary>The webhook of an http script; null where it has none.</summary>
    public static HttpWebhook? WebhookOf(ScriptKind kind, RawJson? trigger) =>
        kind == ScriptKind.Http && trigger is { } http ? Read(http, ScriptsJson.Default.HttpTrigger).Webhook : null;

    /// <summary>Null where the secret exists and can be a key. It may come later, so neither is an error.</summary>
    public static string? OfSecret(HttpWebhook webhook, string? value) =>
        value is null ? $"trigger.webhook.secret: there is no secret '{webhook.Secret}' yet; until there is, every call is answered 401"
        : webhook.Provider == WebhookProvider.Standard && !StandardKey.TryRead(value, out _) ? $"trigger.webhook.secret: the secret '{webhook.Secret}' is not whsec_ and base64, as Standard Webhooks has it; every call is answered 401"
        : null;

    /// <summary>False: a newer version wrote the trigger, or somebody by hand.</summary>
    public static bool IsReadable(ScriptKind kind, RawJson? trigger) => (kind, trigger) switch
    {
        (ScriptKind.Http, { } http) => Parse(http, ScriptsJson.Default.HttpTrigger) is { Path: { } path } && RouteTemplate.Parse(path).Value is not null,
        (ScriptKind.Scheduled, { } cron) => Parse(cron, ScriptsJson.Default.CronTrigger) is { } read && CronSchedule.Parse(read.Cron, read.Timezone).Schedule is not null,
        (ScriptKind.Event, { } @event) => Parse(@event, ScriptsJson.Default.EventTrigger) is not null,
        _ => true,
    };

    private static void Cron(CronTrigger trigger, List<string> warnings)
    {
        if (CronText.Read(trigger.Cron).Text is not { SetsBothDays: true } text) return;
        warnings.Add("trigger.cron: day of month and day of week are both set; it is due where either matches, as in crontab. Put * into one of them where the other alone is meant");
        if (text.ByMonthDay().GetNextOccurrence(DateTime.UnixEpoch) is null) warnings.Add("trigger.cron: its day of month never comes; the day of week alone decides");
    }

    private static T Read<T>(RawJson trigger, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) where T : class =>
        Parse(trigger, type) ?? throw new InvalidOperationException("A trigger that was accepted cannot be read.");

    private static T? Parse<T>(RawJson trigger, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) where T : class =>
        JsonShape.Read(Encoding.UTF8.GetBytes(trigger.Text), type).Value;
}
