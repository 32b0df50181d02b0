using System.Buffers;
using System.Text;
using System.Text.Json;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Executions;

/// <summary>Writes the script's <c>context</c> (2-script-api) in two halves: what hardly ever changes between its executions, and the rest but <c>input</c>.</summary>
internal static class ContextJson
{
    private static readonly JsonWriterOptions s_options = new() { SkipValidation = true };

    /// <summary>Tenant, script and the limits in force.</summary>
    public static string Constants(RunRequest request, ScriptLimits limits) => Write(json =>
    {
        json.WriteString("tenantId", request.Tenant.Id);
        json.WriteString("tenant", request.Tenant.Slug);
        json.WriteString("scriptId", request.Script.Id);
        json.WriteString("scriptName", request.Script.Name);
        json.WriteNumber("version", request.Script.Version);
        json.WriteStartObject("limits");
        json.WriteNumber("timeoutMs", limits.TimeoutMs);
        json.WriteNumber("memoryBytes", limits.MemoryBytes);
        json.WriteNumber("outputBytes", limits.OutputBytes);
        json.WriteNumber("concurrency", limits.Concurrency);
        json.WriteNumber("calls", limits.Calls);
        json.WriteEndObject();
    });

    /// <summary>What is this execution's own.</summary>
    public static string Own(InFlightExecution execution) => Write(json =>
    {
        var request = execution.Request;
        json.WriteString("executionId", request.ExecutionId);
        json.WriteNumber("attempt", request.Attempt);
        WriteId(json, "userId", request.UserId);
        WriteId(json, "organizationId", request.OrganizationId);
        json.WriteString("deadline", (execution.StartedAt!.Value + execution.Timeout).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'"));
        WriteId(json, "replayOf", request.ReplayOf);
        json.WritePropertyName("checkpoint");
        json.WriteRawValue(request.Checkpoint?.Text ?? "null", skipInputValidation: true);
        json.WriteString("idempotencyKey", request.IdempotencyKey ?? request.ExecutionId.ToString());
        json.WritePropertyName("trigger");
        json.WriteRawValue(request.Trigger.Text, skipInputValidation: true);
    });

    private static string Write(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, s_options))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteId(Utf8JsonWriter json, string name, Guid? id)
    {
        if (id is { } value) json.WriteString(name, value);
        else json.WriteNull(name);
    }
}
