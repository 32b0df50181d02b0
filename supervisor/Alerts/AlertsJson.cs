using System.Text.Json;
using System.Text.Json.Serialization;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Alerts;

/// <summary>JSON of alerts.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    Converters =
    [
        typeof(UtcTimeConverter),
        typeof(ExactStringConverter),
        typeof(WholeInt32Converter),
        typeof(NamedEnum<AlertCondition>),
        typeof(NamedEnum<AlertChannelType>),
        typeof(NamedEnum<AlertState>),
        typeof(NamedEnum<AlertDeliveryStatus>),
        typeof(NamedEnum<ScriptKind>),
    ])]
[JsonSerializable(typeof(Page<Alert>))]
[JsonSerializable(typeof(Alert))]
[JsonSerializable(typeof(Page<AlertMessage>))]
[JsonSerializable(typeof(Page<AlertChannel>))]
[JsonSerializable(typeof(AlertChannel))]
[JsonSerializable(typeof(AlertChannelWrite))]
[JsonSerializable(typeof(AlertChannelTest))]
[JsonSerializable(typeof(Page<AlertRule>))]
[JsonSerializable(typeof(AlertRule))]
[JsonSerializable(typeof(AlertRuleWrite))]
[JsonSerializable(typeof(AlertBody))]
[JsonSerializable(typeof(SlackMessage))]
internal sealed partial class AlertsJson : JsonSerializerContext;
