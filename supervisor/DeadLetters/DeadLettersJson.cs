using System.Text.Json;
using System.Text.Json.Serialization;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.DeadLetters;

/// <summary>JSON of dead letters.</summary>
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
        typeof(NamedEnum<DeadLetterState>),
    ])]
[JsonSerializable(typeof(DeadLetter))]
[JsonSerializable(typeof(Page<DeadLetter>))]
[JsonSerializable(typeof(BulkResult))]
[JsonSerializable(typeof(DeadLetterEndpoints.ReplayFields))]
[JsonSerializable(typeof(DeadLetterEndpoints.ReplayManyFields))]
internal sealed partial class DeadLettersJson : JsonSerializerContext;
