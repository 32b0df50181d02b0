using System.Text.Json;
using System.Text.Json.Serialization;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Errors;

/// <summary>JSON of groups of failures.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    Converters =
    [
        typeof(UtcTimeConverter),
        typeof(ExactStringConverter),
        typeof(WholeInt32Converter),
        typeof(WholeInt64Converter),
        typeof(NamedEnum<ErrorState>),
    ])]
[JsonSerializable(typeof(ErrorGroup))]
[JsonSerializable(typeof(Page<ErrorGroup>))]
[JsonSerializable(typeof(ErrorEndpoints.ResolveFields))]
[JsonSerializable(typeof(ErrorEndpoints.IgnoreFields))]
internal sealed partial class ErrorsJson : JsonSerializerContext;
