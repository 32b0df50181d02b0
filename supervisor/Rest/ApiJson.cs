using System.Text.Json;
using System.Text.Json.Serialization;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Executions;
using Sandbox.Supervisor.HttpTriggers;
using Sandbox.Supervisor.Scripts;
using Sandbox.Supervisor.Tenants;

namespace Sandbox.Supervisor.Rest;

/// <summary>JSON of the REST API: snake_case, UTC times, names for enums; generated, so that nothing is reflected over per request.</summary>
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
        typeof(NamedEnum<HttpAuth>),
        typeof(NamedEnum<HttpMode>),
    ])]
[JsonSerializable(typeof(IReadOnlyList<FieldError>))]
[JsonSerializable(typeof(Script))]
[JsonSerializable(typeof(Page<Script>))]
[JsonSerializable(typeof(ScriptWrite))]
[JsonSerializable(typeof(ScriptVersion))]
[JsonSerializable(typeof(Page<ScriptVersion>))]
[JsonSerializable(typeof(ValidateBody))]
[JsonSerializable(typeof(ValidateResult))]
[JsonSerializable(typeof(RollbackBody))]
[JsonSerializable(typeof(DisableBody))]
[JsonSerializable(typeof(Tenant))]
[JsonSerializable(typeof(Page<Tenant>))]
[JsonSerializable(typeof(TenantWrite))]
[JsonSerializable(typeof(ApiToken))]
[JsonSerializable(typeof(Page<ApiToken>))]
[JsonSerializable(typeof(TokenBody))]
[JsonSerializable(typeof(NewToken))]
[JsonSerializable(typeof(Execution))]
[JsonSerializable(typeof(Page<Execution>))]
[JsonSerializable(typeof(InvokeEndpoints.InvokeFields))]
[JsonSerializable(typeof(TriggerType))]
[JsonSerializable(typeof(LogLine))]
[JsonSerializable(typeof(Page<LogLine>))]
[JsonSerializable(typeof(HttpTrigger))]
[JsonSerializable(typeof(CronTrigger))]
[JsonSerializable(typeof(EventTrigger))]
[JsonSerializable(typeof(RetryPolicy))]
[JsonSerializable(typeof(ScriptUses))]
internal sealed partial class ApiJson : JsonSerializerContext;
