using System.Text.Json;
using System.Text.Json.Serialization;
using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Usage;

/// <summary>JSON of the usage.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(Page<UsageDay>))]
internal sealed partial class UsageJson : JsonSerializerContext;
