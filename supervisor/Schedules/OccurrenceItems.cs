using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Queue;

namespace Sandbox.Supervisor.Schedules;

/// <summary>The execution of an occurrence, as it is enqueued.</summary>
internal static class OccurrenceItems
{
    /// <summary>All occurrences of a script that must not overlap have it, so that one runs at a time, in their order.</summary>
    private const string OrderKey = "schedule";

    private static readonly JsonWriterOptions s_plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static QueueItem Of(PlannedOccurrence planned, Cause cause, DateTimeOffset now) => new()
    {
        TenantId = planned.Schedule.TenantId,
        ExecutionId = planned.ExecutionId!.Value,
        ScriptId = planned.Schedule.ScriptId,
        ScriptName = planned.Schedule.ScriptName,
        Kind = ScriptKind.Scheduled,
        Version = planned.Schedule.Version,
        TriggerType = TriggerType.Cron,
        Trigger = Trigger(planned),
        Cause = cause,
        IdempotencyKey = planned.Id.ToString(),
        Origin = (OccurrenceOrigin.OriginName, planned.Id),
        OrderKey = planned.Schedule.Overlap == "allow" ? null : OrderKey,
        CreatedAt = now,
    };

    /// <summary><c>context.trigger</c>.</summary>
    private static RawJson Trigger(PlannedOccurrence planned)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, s_plain))
        {
            json.WriteStartObject();
            json.WriteString("type", "cron");
            json.WriteString("cronExpression", planned.Schedule.Cron);
            json.WriteString("timezone", planned.Schedule.Timezone);
            var due = planned.DueAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
            json.WriteString("scheduledFor", due);
            json.WriteNumber("missed", planned.Missed);
            json.WriteEndObject();
        }

        return new RawJson(System.Text.Encoding.UTF8.GetString(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)));
    }
}
