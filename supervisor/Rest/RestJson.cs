using System.Text.Json;
using System.Text.Json.Serialization;
using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Rest;

/// <summary>JSON of what every room of REST answers with: snake_case, UTC times, names for enums; generated, so that nothing is reflected over per request.</summary>
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
        typeof(NamedEnum<Sandbox.Protocol.Api.LogLevel>),
        typeof(NamedEnum<RecordPolicy>),
    ])]
[JsonSerializable(typeof(IReadOnlyList<FieldError>))]
[JsonSerializable(typeof(DraftDiff))]
internal sealed partial class RestJson : JsonSerializerContext;
