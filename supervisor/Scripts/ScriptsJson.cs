using System.Text.Json;
using System.Text.Json.Serialization;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Scripts;

/// <summary>JSON of scripts and their triggers.</summary>
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
        typeof(NamedEnum<WebhookProvider>),
        typeof(NamedEnum<PrincipalKind>),
    ])]
[JsonSerializable(typeof(Script))]
[JsonSerializable(typeof(Page<Script>))]
[JsonSerializable(typeof(ScriptWrite))]
[JsonSerializable(typeof(ScriptVersion))]
[JsonSerializable(typeof(Page<ScriptVersion>))]
[JsonSerializable(typeof(ValidateBody))]
[JsonSerializable(typeof(ValidateResult))]
[JsonSerializable(typeof(RollbackBody))]
[JsonSerializable(typeof(DisableBody))]
[JsonSerializable(typeof(HttpTrigger))]
[JsonSerializable(typeof(CronTrigger))]
[JsonSerializable(typeof(EventTrigger))]
[JsonSerializable(typeof(RetryPolicy))]
[JsonSerializable(typeof(VersionDiff))]
[JsonSerializable(typeof(Draft))]
[JsonSerializable(typeof(Page<OtherDraft>))]
[JsonSerializable(typeof(DraftWrite))]
[JsonSerializable(typeof(PublishWrite))]
internal sealed partial class ScriptsJson : JsonSerializerContext;
