using System.Text.Json;
using System.Text.Json.Serialization;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Hooks;

/// <summary>JSON of hook points.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    Converters =
    [
        typeof(UtcTimeConverter),
        typeof(ExactStringConverter),
        typeof(WholeInt32Converter),
        typeof(WholeInt64Converter),
        typeof(NamedEnum<HookFail>),
        typeof(NamedEnum<HookSource>),
    ])]
[JsonSerializable(typeof(Hook))]
[JsonSerializable(typeof(Page<Hook>))]
[JsonSerializable(typeof(HooksEndpoints.CallFields))]
[JsonSerializable(typeof(HooksEndpoints.AnswerFields))]
[JsonSerializable(typeof(HooksEndpoints.HookAnswer))]
[JsonSerializable(typeof(HooksEndpoints.HookAnswers))]
internal sealed partial class HooksJson : JsonSerializerContext;
