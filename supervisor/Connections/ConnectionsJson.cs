using System.Text.Json;
using System.Text.Json.Serialization;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Connections;

/// <summary>JSON of connections.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    Converters =
    [
        typeof(UtcTimeConverter),
        typeof(ExactStringConverter),
        typeof(NamedEnum<ConnectionType>),
        typeof(NamedEnum<ConnectionAuth>),
    ])]
[JsonSerializable(typeof(Connection))]
[JsonSerializable(typeof(Page<Connection>))]
[JsonSerializable(typeof(ConnectionWrite))]
internal sealed partial class ConnectionsJson : JsonSerializerContext;
