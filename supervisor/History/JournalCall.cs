using MessagePack;
using Sandbox.Supervisor.Broker;

namespace Sandbox.Supervisor.History;

/// <summary>A broker call of a <see cref="JournalEntry"/>.</summary>
[MessagePackObject]
internal sealed class JournalCall
{
    [Key(0)] public string Capability { get; set; } = "";
    [Key(1)] public string Summary { get; set; } = "";
    [Key(2)] public string Status { get; set; } = "";
    [Key(3)] public long Bytes { get; set; }
    [Key(4)] public double Ms { get; set; }
    [Key(5)] public double OffsetMs { get; set; }

    public static JournalCall Of(CallRecord call) => new()
    {
        Capability = call.Capability,
        Summary = call.Summary,
        Status = call.Status,
        Bytes = call.Bytes,
        Ms = call.Ms,
        OffsetMs = call.OffsetMs,
    };

    public CallRecord ToRecord() => new(Capability, Summary, Status, Bytes, Ms, OffsetMs);
}
