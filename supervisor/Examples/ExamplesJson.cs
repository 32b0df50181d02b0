using System.Text.Json;
using System.Text.Json.Serialization;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Examples;

/// <summary>JSON of examples.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    Converters =
    [
        typeof(UtcTimeConverter),
        typeof(ExactStringConverter),
        typeof(WholeInt32Converter),
        typeof(WholeInt64Converter),
        typeof(NamedEnum<ExecutionStatus>),
    ])]
[JsonSerializable(typeof(Example))]
[JsonSerializable(typeof(ExampleList))]
[JsonSerializable(typeof(ExampleWrite))]
[JsonSerializable(typeof(ExampleRun))]
[JsonSerializable(typeof(ExampleChecks))]
internal sealed partial class ExamplesJson : JsonSerializerContext;
