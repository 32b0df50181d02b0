using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.History;

/// <summary>
/// A journal record as bytes: a frame (length and CRC-32C of the rest, 4 bytes each, little-endian), then kind, version, fields
/// in a fixed order. Ours alone, on one machine, for seconds: compact and quick rather than readable.
/// </summary>
internal static class JournalCodec
{
    public const int FrameBytes = 8;

    private const byte StartedKind = 1;
    private const byte FinishedKind = 2;
    private const byte FormatVersion = 1;

    public static void WriteStarted(ArrayBufferWriter<byte> buffer, ExecutionRecord record)
    {
        var writer = Begin(buffer, StartedKind);
        WriteExecution(ref writer, record.Execution, record.VersionId);
        writer.Byte((byte)record.Policy);
        writer.Seal();
    }

    public static void WriteFinished(ArrayBufferWriter<byte> buffer, ExecutionRecord record)
    {
        var writer = Begin(buffer, FinishedKind);
        WriteExecution(ref writer, record.Execution, record.VersionId);
        writer.Byte((byte)record.Policy);
        writer.Int(record.Logs.Count);
        foreach (var line in record.Logs)
        {
            writer.Int(line.Seq);
            writer.Time(line.At);
            writer.Byte((byte)line.Level);
            writer.Text(line.Message);
            writer.Text(line.Metadata?.ToString());
        }

        writer.Seal();
    }

    /// <summary>The record in a frame's body; <c>Ended</c> where it is that of an end.</summary>
    /// <exception cref="InvalidDataException">It is no record of ours.</exception>
    public static (ExecutionRecord Record, bool Ended) Read(ReadOnlySpan<byte> body)
    {
        var reader = new JournalFieldReader(body);
        var kind = reader.Byte();
        if (kind is not (StartedKind or FinishedKind) || reader.Byte() != FormatVersion)
            throw new InvalidDataException("The journal has a record of another version.");
        var execution = ReadExecution(ref reader, out var versionId);
        var policy = (RecordPolicy)reader.Byte();
        if (kind == StartedKind)
            return (new ExecutionRecord(execution, versionId, policy, []), false);
        var logs = new LogLine[reader.Int()];
        for (var i = 0; i < logs.Length; i++)
            logs[i] = new LogLine(reader.Int(), reader.Time()!.Value, (Protocol.Api.LogLevel)reader.Byte(), reader.Text()!, reader.Json());
        return (new ExecutionRecord(execution, versionId, policy, logs), true);
    }

    private static JournalFieldWriter Begin(ArrayBufferWriter<byte> buffer, byte kind)
    {
        buffer.ResetWrittenCount();
        var writer = new JournalFieldWriter(buffer);
        writer.Byte(kind);
        writer.Byte(FormatVersion);
        return writer;
    }

    private static void WriteExecution(ref JournalFieldWriter writer, Execution e, Guid versionId)
    {
        writer.Id(e.Id);
        writer.Id(e.TenantId);
        writer.Id(e.ScriptId);
        writer.Text(e.ScriptName);
        writer.Id(versionId);
        writer.Int(e.Version);
        writer.Byte((byte)e.Kind);
        writer.Byte((byte)e.Status);
        writer.Text(e.Code);
        writer.Byte(e.Error is null ? (byte)0 : (byte)1);
        if (e.Error is { } error)
        {
            writer.Text(error.Message);
            writer.Int(error.Line ?? -1);
            writer.Int(error.Column ?? -1);
            writer.Text(error.Stack);
        }

        writer.Text(e.Input?.ToString());
        writer.Text(e.Output?.ToString());
        writer.Text(e.Trigger.ToString());
        writer.Int(e.Attempt);
        writer.Text(e.Cause.Kind);
        writer.Text(e.Cause.Id);
        writer.Time(e.CreatedAt);
        writer.Time(e.StartedAt);
        writer.Time(e.FinishedAt);
        writer.Double(e.QueueMs);
        writer.Double(e.QueueReasons.ScriptConcurrency);
        writer.Double(e.QueueReasons.TenantConcurrency);
        writer.Double(e.QueueReasons.Worker);
        writer.Double(e.DurationMs);
        writer.Double(e.CpuMs);
        writer.Long(e.MemoryPeakBytes ?? -1);
        writer.Int(e.Calls);
        writer.Int(e.Labels.Count);
        foreach (var (key, value) in e.Labels)
        {
            writer.Text(key);
            writer.Text(value);
        }

        writer.Int(e.Warnings.Count);
        foreach (var warning in e.Warnings)
            writer.Text(warning);
        writer.Byte(e.Progress is null ? (byte)0 : (byte)1);
        if (e.Progress is not { } progress)
            return;
        writer.Double(progress.Done);
        writer.Double(progress.Total);
        writer.Text(progress.Message);
    }

    private static Execution ReadExecution(ref JournalFieldReader reader, out Guid versionId) => new()
    {
        Id = reader.Id(),
        TenantId = reader.Id(),
        ScriptId = reader.Id(),
        ScriptName = reader.Text()!,
        Version = reader.IdThenInt(out versionId),
        Kind = (ScriptKind)reader.Byte(),
        Status = (ExecutionStatus)reader.Byte(),
        Code = reader.Text(),
        Error = reader.Byte() == 0 ? null : new ExecutionError(reader.Text()!, reader.Count(), reader.Count(), reader.Text()),
        Input = reader.Json(),
        Output = reader.Json(),
        Trigger = reader.Json() ?? RawJson.Null,
        Attempt = reader.Int(),
        Cause = new Cause(reader.Text()!, reader.Text()),
        CreatedAt = reader.Time()!.Value,
        StartedAt = reader.Time(),
        FinishedAt = reader.Time(),
        QueueMs = reader.Double()!.Value,
        QueueReasons = new QueueReasons(reader.Double()!.Value, reader.Double()!.Value, reader.Double()!.Value),
        DurationMs = reader.Double(),
        CpuMs = reader.Double(),
        MemoryPeakBytes = reader.LongOrNull(),
        Calls = reader.Int(),
        Labels = ReadLabels(ref reader),
        Warnings = ReadWarnings(ref reader),
        Progress = reader.Byte() == 0 ? null : new ExecutionProgress(reader.Double()!.Value, reader.Double(), reader.Text()),
    };

    private static Dictionary<string, string> ReadLabels(ref JournalFieldReader reader)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var left = reader.Int(); left > 0; left--)
            labels[reader.Text()!] = reader.Text()!;
        return labels;
    }

    private static string[] ReadWarnings(ref JournalFieldReader reader)
    {
        var warnings = new string[reader.Int()];
        for (var i = 0; i < warnings.Length; i++)
            warnings[i] = reader.Text()!;
        return warnings;
    }
}
