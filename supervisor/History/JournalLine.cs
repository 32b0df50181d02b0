using MessagePack;
using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.History;

/// <summary>A log line of a <see cref="JournalEntry"/>.</summary>
[MessagePackObject]
internal sealed class JournalLine
{
    [Key(0)] public int Seq { get; set; }
    [Key(1)] public long At { get; set; }
    [Key(2)] public byte Level { get; set; }
    [Key(3)] public string Message { get; set; } = "";
    [Key(4)] public string? Metadata { get; set; }

    public static JournalLine Of(LogLine line) => new()
    {
        Seq = line.Seq,
        At = line.At.UtcTicks,
        Level = JournalBytes.Of(line.Level),
        Message = line.Message,
        Metadata = line.Metadata?.ToString(),
    };

    public LogLine ToLine() =>
        new(Seq, new DateTimeOffset(At, TimeSpan.Zero), JournalBytes.Level(Level), Message, Metadata is null ? null : new RawJson(Metadata));
}
