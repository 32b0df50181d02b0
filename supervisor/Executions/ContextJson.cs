using System.Buffers;
using System.Text;
using System.Text.Json;
using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Executions;

/// <summary>Writes the script's <c>context</c> (2-script-api), all but <c>input</c>, which crosses apart.</summary>
internal static class ContextJson
{
    public static string Write(LiveExecution live)
    {
        var (request, script) = (live.Request, live.Request.Script);
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
        {
            json.WriteStartObject();
            json.WriteString("tenantId", request.Tenant.Id);
            json.WriteString("tenant", request.Tenant.Slug);
            json.WriteString("scriptId", script.Id);
            json.WriteString("scriptName", script.Name);
            json.WriteNumber("version", script.Version);
            json.WriteString("executionId", request.ExecutionId);
            json.WriteNumber("attempt", 1);
            WriteId(json, "userId", request.UserId);
            WriteId(json, "organizationId", request.OrganizationId);
            json.WriteString("deadline", (live.StartedAt!.Value + live.Timeout).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'"));
            json.WriteStartObject("limits");
            json.WriteNumber("timeoutMs", (long)live.Timeout.TotalMilliseconds);
            json.WriteNumber("memoryBytes", script.Limits.MemoryBytes);
            json.WriteNumber("outputBytes", script.Limits.OutputBytes);
            json.WriteNumber("concurrency", script.Limits.Concurrency);
            json.WriteNumber("calls", script.Limits.Calls);
            json.WriteEndObject();
            json.WriteNull("replayOf");
            json.WriteNull("checkpoint");
            json.WriteString("idempotencyKey", request.ExecutionId);
            json.WritePropertyName("trigger");
            json.WriteRawValue(request.Trigger.Text, skipInputValidation: true);
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
