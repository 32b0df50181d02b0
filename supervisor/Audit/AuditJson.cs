using System.Text.Json;
using System.Text.Json.Serialization;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Audit;

/// <summary>JSON of the audit.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    Converters =
    [
        typeof(UtcTimeConverter),
        typeof(ExactStringConverter),
        typeof(NamedEnum<AuditOutcome>),
        typeof(NamedEnum<PrincipalKind>),
    ])]
[JsonSerializable(typeof(AuditEntry))]
[JsonSerializable(typeof(Page<AuditEntry>))]
internal sealed partial class AuditJson : JsonSerializerContext;
