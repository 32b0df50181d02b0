using System.Text.Json;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Queue;
using Sandbox.Supervisor.Rest;
using Sandbox.Supervisor.Scripts;

namespace Sandbox.Supervisor.HttpTriggers;

/// <summary>Requests of endpoints with <c>mode: queued</c>: stored as they came, answered 202, run later and tried again as any durable execution.</summary>
internal sealed class QueuedRequests(EnqueueDoor door, TriggerSeal seal, TimeProvider time)
{
    private const int KeyCharactersMax = 500;

    /// <summary>Why the tenant may enqueue no more; null: it may.</summary>
    public Problem? Refusal(Guid tenantId) => door.Refusal(tenantId);

    /// <summary>Returns once it is committed: the execution that the request, or the same event before it, became.</summary>
    public async Task<Guid> AcceptAsync(RunRequest request, HttpTrigger trigger, IHeaderDictionary headers, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var item = new QueueItem
        {
            TenantId = request.Tenant.Id,
            ExecutionId = request.ExecutionId,
            ScriptId = request.Script.Id,
            ScriptName = request.Script.Name,
            Kind = request.Script.Kind,
            Version = request.Script.Version,
            TriggerType = TriggerType.Http,
            Trigger = request.RecordedTrigger ?? request.Trigger,
            SealedTrigger = request.RecordedTrigger is null ? null : seal.Close(request.Tenant.Id, request.Trigger),
            Cause = request.Cause,
            IdempotencyKey = request.ExecutionId.ToString(),
            TraceParent = request.TraceParent?.Child(),
            CreatedAt = time.GetUtcNow(),
        };
        if (trigger.Webhook?.Provider is { } provider && EventId(provider, headers, body.Span) is { } key) return await door.EnqueueOnceAsync(item, key, cancellationToken);
        await door.EnqueueAsync([item], cancellationToken);
        return item.ExecutionId;
    }

    /// <summary>What the provider calls the event, the same whenever it sends it; null: it names none.</summary>
    private static string? EventId(WebhookProvider provider, IHeaderDictionary headers, ReadOnlySpan<byte> body)
    {
        var id = provider switch
        {
            WebhookProvider.Stripe => Member(body, "id"u8),
            WebhookProvider.Slack => Member(body, "event_id"u8),
            WebhookProvider.GitHub => headers["X-GitHub-Delivery"].ToString(),
            WebhookProvider.Standard => headers["webhook-id"].ToString(),
            WebhookProvider.Meta => null,
            _ => throw new InvalidOperationException(provider.ToString()),
        };
        return id is { Length: > 0 and <= KeyCharactersMax } ? id : null;
    }

    /// <summary>A string of the outermost object.</summary>
    private static string? Member(ReadOnlySpan<byte> body, ReadOnlySpan<byte> name)
    {
        try
        {
            var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = 1_000 });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isIt = reader.ValueTextEquals(name);
                reader.Read();
                if (isIt) return reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                reader.Skip();
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The script is given whatever came; it is no event that could be known again.
        }

        return null;
    }
}
