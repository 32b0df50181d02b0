using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Sandbox.Protocol.Api;
using Sandbox.Protocol.Text;
using Sandbox.Supervisor.Broker;
using Sandbox.Supervisor.Queue;
using Sandbox.Supervisor.Uses;

namespace Sandbox.Supervisor.Events;

/// <summary><c>sdk.events.publish(type, payload, {id?, subject?})</c>; its value is the event's id. Once the call is answered the event is stored.</summary>
internal sealed partial class EventPublishing(EventDoor door, TimeProvider time) : ICapability
{
    private const int TypeMax = 200;
    private const int TextMax = 500;
    private const int PayloadBytesMax = 1024 * 1024;

    public string Name => "events.publish";

    public CallGroup Group => CallGroup.Events;

    public bool Changes => true;

    public Use? Needs(BrokerCall call) => new Use(UseKind.Event, TypeOf(call));

    public async ValueTask<string?> CallAsync(BrokerCall call, CancellationToken cancellationToken)
    {
        var published = Read(call);
        if (door.Refusal(call.TenantId) is { } full) throw new CallRefusedException(full.Code, $"sdk.{Name}: {full.Detail}", full.RetryAfterSeconds);
        await door.PublishAsync(call.TenantId, [published], cancellationToken);
        return JsonText.Encode(published.EventId);
    }

    public ValueTask<string?> DryRunAsync(BrokerCall call, DryRun dryRun, CancellationToken cancellationToken)
    {
        var published = Read(call);
        dryRun.AddCall(call.Execution.Mask.ApplyToJson(
            $"{{\"capability\":\"{Name}\",\"type\":{JsonText.Encode(published.Type)},\"id\":{JsonText.Encode(published.EventId)},"
            + $"\"subject\":{(published.Subject is null ? "null" : JsonText.Encode(published.Subject))},\"payload\":{published.Payload}}}"));
        return ValueTask.FromResult<string?>(JsonText.Encode(published.EventId));
    }

    private PublishedEvent Read(BrokerCall call)
    {
        var type = TypeOf(call);
        var payload = call.Json(1);
        var bytes = Encoding.UTF8.GetByteCount(payload);
        if (bytes > PayloadBytesMax) throw call.Invalid($"the payload has {bytes} bytes as JSON; at most {PayloadBytesMax} are kept");
        var id = Guid.CreateVersion7(time.GetUtcNow());
        var options = call.Argument(2);
        if (options is { ValueKind: not JsonValueKind.Object }) throw call.Invalid("options must be an object such as {id: 'order-7', subject: 'orders/7'}");
        string? eventId = null, subject = null;
        foreach (var option in options?.EnumerateObject() ?? default)
        {
            if (option.NameEquals("id")) eventId = TextOf(call, option.Value, "id");
            else if (option.NameEquals("subject")) subject = TextOf(call, option.Value, "subject");
            else throw call.Invalid("options may hold id and subject alone");
        }

        var request = call.Execution.Request;
        if (request.Causes >= Queue.Causes.Max) throw call.Refused(Codes.ChainLimit, $"{Queue.Causes.Max} executions and events have caused one another before it");
        return new PublishedEvent(id, $"/scripts/{request.Script.Name}", eventId ?? id.ToString(), type, payload)
        {
            Subject = subject,
            ExecutionId = request.ExecutionId,
            Depth = request.Causes + 1,
            TraceParent = request.TraceParent?.Child(),
        };
    }

    private static string TypeOf(BrokerCall call)
    {
        var type = call.Text(0, "type", TypeMax);
        if (!Grammar().IsMatch(type)) throw call.Invalid("type must be two to six words of a-z, 0-9 and _ with dots between them, such as sales.order.paid");
        return call.Summary = type;
    }

    private static string? TextOf(BrokerCall call, JsonElement value, string name)
    {
        if (value.ValueKind == JsonValueKind.Null) return null;
        return value.ValueKind == JsonValueKind.String && JsonText.Decode(value.GetRawText()) is { Length: > 0 and <= TextMax } text && Rest.Text.IsStorable(text)
            ? text
            : throw call.Invalid($"{name} must be a string of 1 to {TextMax} characters without NUL and lone surrogates");
    }

    [GeneratedRegex(@"\A[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){1,5}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Grammar();
}
