using System.Globalization;
using System.Text;
using System.Text.Json;
using Sandbox.Protocol.Api;
using Sandbox.Protocol.Text;
using Sandbox.Supervisor.Queue;

namespace Sandbox.Supervisor.Events;

/// <summary>Which scripts get which events. Pure.</summary>
internal static class Deliveries
{
    /// <summary>The name under which the queue tells how they ended.</summary>
    public const string Origin = "delivery";

    /// <summary>In the order of the events.</summary>
    public static IReadOnlyList<NewDelivery> Of(
        IReadOnlyList<StoredEvent> events, IReadOnlyList<Subscription> subscriptions, DateTimeOffset now)
    {
        var ofTenant = subscriptions.ToLookup(subscription => subscription.TenantId);
        var deliveries = new List<NewDelivery>();
        foreach (var stored in events)
        {
            var candidates = ofTenant[stored.TenantId].Where(subscription => subscription.Takes(stored.Type)).ToArray();
            // SQL publishes whatever PostgreSQL reads; a script could not get what is nested deeper.
            if (candidates.Length == 0 || !JsonText.IsValid(stored.Payload)) continue;
            using var payload = JsonDocument.Parse(stored.Payload, new JsonDocumentOptions { MaxDepth = JsonText.DepthMax });
            foreach (var subscription in candidates.Where(candidate => candidate.Wants(payload.RootElement)))
                deliveries.Add(Delivery(stored, subscription, subscription.OrderKey(payload.RootElement), now));
        }

        var last = deliveries.Where(delivery => delivery.Debounces).GroupBy(Line).Select(line => line.Last().Id).ToHashSet();
        return [.. deliveries.Select(delivery => delivery with { IsReplaced = delivery.Debounces && !last.Contains(delivery.Id) })];
    }

    private static (Guid ScriptId, string? OrderKey) Line(NewDelivery delivery) => (delivery.Item.ScriptId, delivery.Item.OrderKey);

    private static NewDelivery Delivery(StoredEvent stored, Subscription subscription, string? orderKey, DateTimeOffset now)
    {
        var id = Guid.CreateVersion7(now);
        var item = new QueueItem
        {
            TenantId = stored.TenantId,
            ExecutionId = Guid.CreateVersion7(now),
            ScriptId = subscription.ScriptId,
            ScriptName = subscription.ScriptName,
            Kind = ScriptKind.Event,
            Version = subscription.Version,
            TriggerType = TriggerType.Event,
            // A batch says what its executions get when it is put together.
            Trigger = subscription.Batch is null ? Trigger(stored) : RawJson.Null,
            Cause = new Cause("event", stored.Id.ToString()),
            IdempotencyKey = id.ToString(),
            Origin = (Origin, id),
            Depth = stored.Depth,
            TraceParent = stored.TraceParent,
            OrderKey = orderKey,
            CreatedAt = now,
            DueAt = subscription.Debounce > TimeSpan.Zero ? now + subscription.Debounce : null,
        };
        return new NewDelivery(id, stored.Id, item, subscription.Debounce > TimeSpan.Zero) { Part = Part(stored, subscription) };
    }

    private static BatchPart? Part(StoredEvent stored, Subscription subscription)
    {
        if (subscription.Batch is not { } batch) return null;
        var listed =
            $"{{\"id\":{JsonText.Encode(stored.EventId)},\"type\":{JsonText.Encode(stored.Type)},"
            + $"\"source\":{JsonText.Encode(stored.Source)},\"time\":\"{At(stored)}\"}}";
        // The commas between the parts count as well.
        var bytes = Encoding.UTF8.GetByteCount(stored.Payload) + Encoding.UTF8.GetByteCount(listed) + 2;
        return new BatchPart(batch.Max, batch.Within, subscription.InputBytesMax, stored.Payload, listed, bytes);
    }

    private static string At(StoredEvent stored) => stored.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static RawJson Trigger(StoredEvent stored)
    {
        return new RawJson(
            $"{{\"type\":\"event\",\"eventId\":{JsonText.Encode(stored.EventId)},\"eventType\":{JsonText.Encode(stored.Type)},"
            + $"\"eventSource\":{JsonText.Encode(stored.Source)},\"eventTime\":\"{At(stored)}\",\"eventPayload\":{stored.Payload}}}");
    }
}
