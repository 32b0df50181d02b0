using System.Text;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Broker;
using Sandbox.Supervisor.Executions;
using Sandbox.Supervisor.History;

namespace Sandbox.Tests.Integration.Database;

/// <summary>Executions as tests need them; times in whole microseconds, as the database keeps them.</summary>
internal static class Sample
{
    public static readonly DateTimeOffset Now = Micros(TimeProvider.System.GetUtcNow());

    public static DateTimeOffset Micros(DateTimeOffset time) => new(time.UtcTicks - (time.UtcTicks % 10), TimeSpan.Zero);

    public static Execution Completed(Guid tenantId, Guid? scriptId = null, string input = """{"orderId":7}""", string output = """{"price":9.5}""") => new()
    {
        Id = Guid.CreateVersion7(Now),
        TenantId = tenantId,
        ScriptId = scriptId ?? Guid.CreateVersion7(Now),
        ScriptName = "price",
        Version = 3,
        Kind = ScriptKind.Embedded,
        Status = ExecutionStatus.Completed,
        Input = new RawJson(input),
        Output = new RawJson(output),
        Trigger = new RawJson("""{"type":"api"}"""),
        Cause = new Cause("token", "0197"),
        CreatedAt = Now,
        StartedAt = Now.AddMilliseconds(1),
        FinishedAt = Now.AddMilliseconds(4),
        QueueMs = 1,
        QueueReasons = new QueueReasons(0.25, 0, 0.75),
        DurationMs = 3.125,
        CpuMs = 2.5,
        MemoryPeakBytes = 8_000_000,
    };

    public static Execution Failed(Guid tenantId, string code = Codes.ScriptError, string message = "no order 7") =>
        Completed(tenantId) with { Status = ExecutionStatus.Failed, Code = code, Output = null, Error = new ExecutionError(message, 2, 7, "Error: " + message, "Error" + message) };

    public static ExecutionRecord Record(Execution execution, RecordPolicy policy = RecordPolicy.All, params LogLine[] logs) =>
        new(execution, Guid.CreateVersion7(Now), policy, logs);

    public static LogLine Line(int seq, string message, string? metadata = null) =>
        new(seq, Now.AddMilliseconds(seq), LogLevel.Info, message, metadata is null ? null : new RawJson(metadata));

    public static CallRecord Call(string summary = "key", string capability = "cache.get", string status = "ok", long bytes = 20) =>
        new(capability, summary, status, bytes, 1.25, 0.125);

    /// <summary>What must come back as it went in: NUL, both halves of a pair alone, and our own mark for escaped text.</summary>
    public const string Wild = "a\0b\ud800c\udc00d \ud83d\ude00 \\ \\u0000 \ue000 é";

    public static string DeepJson(int levels) => new StringBuilder().Insert(0, "[", levels).Append("1e400").Insert(levels + 5, "]", levels).ToString();
}
