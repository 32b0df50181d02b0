using MessagePack;

namespace Sandbox.Supervisor.History;

/// <summary>The progress of a <see cref="JournalEntry"/>.</summary>
[MessagePackObject]
internal sealed class JournalProgress
{
    [Key(0)] public double Done { get; set; }
    [Key(1)] public double? Total { get; set; }
    [Key(2)] public string? Message { get; set; }
}
