using System.Text.Json;
using System.Text.Json.Serialization;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Events;

/// <summary>JSON of events.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    Converters = [typeof(UtcTimeConverter), typeof(ExactStringConverter), typeof(NamedEnum<DeliveryState>)])]
[JsonSerializable(typeof(EventEndpoints.EventFields))]
[JsonSerializable(typeof(EventsAccepted))]
[JsonSerializable(typeof(DomainEvent))]
[JsonSerializable(typeof(Page<DomainEvent>))]
internal sealed partial class EventsJson : JsonSerializerContext;
