using System.Text.Json;
using System.Text.Json.Serialization;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Uses;

/// <summary>JSON of declared rights.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, Converters = [typeof(ExactStringConverter)])]
[JsonSerializable(typeof(UsesBody))]
internal sealed partial class UsesJson : JsonSerializerContext;
