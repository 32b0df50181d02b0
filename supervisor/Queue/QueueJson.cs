using System.Text.Json;
using System.Text.Json.Serialization;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Queue;

/// <summary>JSON of what is asked of many executions and of dead letters.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    Converters =
    [
        typeof(UtcTimeConverter),
        typeof(ExactStringConverter),
        typeof(WholeInt32Converter),
        typeof(WholeInt64Converter),
        typeof(NamedEnum<ScriptKind>),
        typeof(NamedEnum<ExecutionStatus>),
        typeof(NamedEnum<TriggerType>),
    ])]
[JsonSerializable(typeof(QueueEndpoints.EnqueueFields))]
[JsonSerializable(typeof(QueueEndpoints.ReplayFields))]
[JsonSerializable(typeof(BulkFields))]
[JsonSerializable(typeof(BulkResult))]
internal sealed partial class QueueJson : JsonSerializerContext;
