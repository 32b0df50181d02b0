using System.Globalization;
using System.Text;
using System.Text.Json;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.History;

/// <summary>How parts of an execution look in the database, and back.</summary>
internal static class HistoryRows
{
    /// <summary>Deeper than any value we accept, so that nothing that was stored cannot be read.</summary>
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 2_000 };

    private static readonly JsonReaderOptions DeepReader = new() { MaxDepth = 2_000 };

    /// <summary>Whether inputs, outputs and logs of it are kept.</summary>
    public static bool KeepsPayloads(ExecutionRecord record) => record.Policy switch
    {
        RecordPolicy.All => true,
        RecordPolicy.Errors => record.Execution.Status != ExecutionStatus.Completed,
        RecordPolicy.Metadata => false,
        _ => throw new InvalidOperationException($"Unknown policy {record.Policy}."),
    };

    /// <summary><c>type</c> of the trigger object.</summary>
    public static string TriggerType(RawJson trigger, ScriptKind kind)
    {
        // As nearly all of them begin.
        const string start = "{\"type\":\"";
        var text = trigger.ToString();
        if (text.StartsWith(start, StringComparison.Ordinal) && text.IndexOf('"', start.Length) is > 0 and var end)
            return text[start.Length..end];

        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text), DeepReader);
        while (reader.Read())
        {
            if (reader.CurrentDepth != 1 || reader.TokenType != JsonTokenType.PropertyName)
                continue;
            var isType = reader.ValueTextEquals("type"u8);
            reader.Read();
            if (isType && reader.TokenType == JsonTokenType.String)
                return reader.GetString()!;
            reader.Skip();
        }

        return EnumText<TriggerType>.Of(kind switch
        {
            ScriptKind.Scheduled => Protocol.Api.TriggerType.Cron,
            ScriptKind.Http => Protocol.Api.TriggerType.Http,
            ScriptKind.Event => Protocol.Api.TriggerType.Event,
            ScriptKind.OneOff or ScriptKind.Embedded => Protocol.Api.TriggerType.Api,
            _ => throw new InvalidOperationException($"Unknown kind {kind}."),
        });
    }

    /// <summary>The trigger where its type is all that was kept, or all there was.</summary>
    public static string BareTrigger(string type) => $$"""{"type":"{{type}}"}""";

    public static string? Labels(IReadOnlyDictionary<string, string> labels) =>
        labels.Count == 0 ? null : JsonSerializer.Serialize(labels.ToDictionary(label => StoredText.Encode(label.Key)!, label => StoredText.Encode(label.Value), StringComparer.Ordinal));

    public static Dictionary<string, string> Labels(string? json) =>
        json is null ? [] : JsonSerializer.Deserialize<Dictionary<string, string>>(json)!.ToDictionary(label => StoredText.Decode(label.Key)!, label => StoredText.Decode(label.Value)!, StringComparer.Ordinal);

    public static string? Warnings(IReadOnlyList<string> warnings) =>
        warnings.Count == 0 ? null : JsonSerializer.Serialize(warnings.Select(StoredText.Encode));

    public static string[] Warnings(string? json) =>
        json is null ? [] : [.. JsonSerializer.Deserialize<string[]>(json)!.Select(warning => StoredText.Decode(warning)!)];

    public static string? Progress(ExecutionProgress? progress) => progress is null ? null : JsonSerializer.Serialize(progress);

    public static ExecutionProgress? Progress(string? json) => json is null ? null : JsonSerializer.Deserialize<ExecutionProgress>(json);

    /// <summary>The columns of a log row.</summary>
    public static (string Messages, string Lines) Logs(IReadOnlyList<LogLine> logs)
    {
        var messages = new StringBuilder();
        var lines = new StringBuilder("[");
        foreach (var line in logs)
        {
            var message = StoredText.Encode(line.Message)!;
            messages.Append(message).Append('\n');
            if (lines.Length > 1)
                lines.Append(',');
            lines.Append(CultureInfo.InvariantCulture, $"[{(line.At.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond},{(int)line.Level},{message.Length}");
            if (line.Metadata is { } metadata)
                lines.Append(',').Append(StoredText.EncodeJson(metadata.ToString()));
            lines.Append(']');
        }

        return (messages.ToString(), lines.Append(']').ToString());
    }

    public static List<LogLine> Logs(string messages, string lines)
    {
        using var document = JsonDocument.Parse(lines, Deep);
        var logs = new List<LogLine>(document.RootElement.GetArrayLength());
        var start = 0;
        foreach (var line in document.RootElement.EnumerateArray())
        {
            var length = line[2].GetInt32();
            logs.Add(new LogLine(
                logs.Count + 1,
                DateTimeOffset.UnixEpoch.AddTicks(line[0].GetInt64() * TimeSpan.TicksPerMicrosecond),
                (Protocol.Api.LogLevel)line[1].GetInt32(),
                StoredText.Decode(messages.Substring(start, length))!,
                line.GetArrayLength() > 3 ? new RawJson(line[3].GetRawText()) : null));
            start += length + 1;
        }

        return logs;
    }
}
