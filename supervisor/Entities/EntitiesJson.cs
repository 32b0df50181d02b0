using System.Text.Json;
using System.Text.Json.Serialization;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Entities;

/// <summary>JSON of entities.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    Converters = [typeof(UtcTimeConverter), typeof(ExactStringConverter)])]
[JsonSerializable(typeof(Entity))]
[JsonSerializable(typeof(Page<Entity>))]
[JsonSerializable(typeof(EntityWrite))]
[JsonSerializable(typeof(Page<EntityTable>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, EntityField>))]
internal sealed partial class EntitiesJson : JsonSerializerContext;
