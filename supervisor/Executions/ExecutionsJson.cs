using System.Text.Json;
using System.Text.Json.Serialization;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Executions;

/// <summary>JSON of executions and their logs.</summary>
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
        typeof(NamedEnum<WaitsFor>),
        typeof(NamedEnum<Sandbox.Protocol.Api.LogLevel>),
        typeof(NamedEnum<RecordPolicy>),
    ])]
[JsonSerializable(typeof(Execution))]
[JsonSerializable(typeof(Page<Execution>))]
[JsonSerializable(typeof(InvokeEndpoints.InvokeFields))]
[JsonSerializable(typeof(TriggerType))]
[JsonSerializable(typeof(LogLine))]
[JsonSerializable(typeof(Page<LogLine>))]
[JsonSerializable(typeof(Page<CallEntry>))]
[JsonSerializable(typeof(RelatedExecutions))]
internal sealed partial class ExecutionsJson : JsonSerializerContext;
