using System.Text.Json;
using System.Text.Json.Serialization;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Secrets;

/// <summary>JSON of secrets.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    Converters = [typeof(UtcTimeConverter), typeof(ExactStringConverter)])]
[JsonSerializable(typeof(Secret))]
[JsonSerializable(typeof(Page<Secret>))]
[JsonSerializable(typeof(SecretBody))]
[JsonSerializable(typeof(SecretAnswer))]
internal sealed partial class SecretsJson : JsonSerializerContext;
