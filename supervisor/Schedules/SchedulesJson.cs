using System.Text.Json;
using System.Text.Json.Serialization;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Schedules;

/// <summary>JSON of occurrences.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    Converters =
    [
        typeof(UtcTimeConverter),
        typeof(ExactStringConverter),
        typeof(WholeInt32Converter),
        typeof(NamedEnum<OccurrenceStatus>),
        typeof(NamedEnum<ExecutionStatus>),
    ])]
[JsonSerializable(typeof(SchedulesEndpoints.RunFields))]
[JsonSerializable(typeof(Page<Occurrence>))]
[JsonSerializable(typeof(OccurrencesRun))]
[JsonSerializable(typeof(ScheduleAnswer))]
internal sealed partial class SchedulesJson : JsonSerializerContext;
