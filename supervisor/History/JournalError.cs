using MessagePack;

namespace Sandbox.Supervisor.History;

/// <summary>The error of a <see cref="JournalEntry"/>.</summary>
[MessagePackObject]
internal sealed class JournalError
{
    [Key(0)] public string Message { get; set; } = "";
    [Key(1)] public int? Line { get; set; }
    [Key(2)] public int? Column { get; set; }
    [Key(3)] public string? Stack { get; set; }
    [Key(4)] public string? Name { get; set; }
}
