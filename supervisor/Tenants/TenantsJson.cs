using System.Text.Json;
using System.Text.Json.Serialization;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Tenants;

/// <summary>JSON of tenants and tokens.</summary>
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
[JsonSerializable(typeof(Tenant))]
[JsonSerializable(typeof(Page<Tenant>))]
[JsonSerializable(typeof(TenantWrite))]
[JsonSerializable(typeof(ApiToken))]
[JsonSerializable(typeof(Page<ApiToken>))]
[JsonSerializable(typeof(TokenBody))]
[JsonSerializable(typeof(NewToken))]
internal sealed partial class TenantsJson : JsonSerializerContext;
