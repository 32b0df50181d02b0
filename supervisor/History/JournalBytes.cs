using Sandbox.Protocol.Api;
using LogLevel = Sandbox.Protocol.Api.LogLevel;

namespace Sandbox.Supervisor.History;

/// <summary>The bytes that stand for enumerations in the journal. A byte never changes its meaning: the order of declaration may.</summary>
internal static class JournalBytes
{
    public static byte Of(ScriptKind kind) => kind switch
    {
        ScriptKind.Scheduled => 1,
        ScriptKind.Http => 2,
        ScriptKind.Event => 3,
        ScriptKind.OneOff => 4,
        ScriptKind.Embedded => 5,
        _ => throw Unknown(kind),
    };

    public static byte Of(ExecutionStatus status) => status switch
    {
        ExecutionStatus.Pending => 1,
        ExecutionStatus.Running => 2,
        ExecutionStatus.Completed => 3,
        ExecutionStatus.Failed => 4,
        ExecutionStatus.Timeout => 5,
        ExecutionStatus.Cancelled => 6,
        _ => throw Unknown(status),
    };

    public static byte Of(RecordPolicy policy) => policy switch
    {
        RecordPolicy.All => 1,
        RecordPolicy.Errors => 2,
        RecordPolicy.Metadata => 3,
        _ => throw Unknown(policy),
    };

    public static byte Of(LogLevel level) => level switch
    {
        LogLevel.Debug => 1,
        LogLevel.Info => 2,
        LogLevel.Warn => 3,
        LogLevel.Error => 4,
        _ => throw Unknown(level),
    };

    /// <exception cref="InvalidDataException">The byte stands for none.</exception>
    public static ScriptKind Kind(byte value) => value switch
    {
        1 => ScriptKind.Scheduled,
        2 => ScriptKind.Http,
        3 => ScriptKind.Event,
        4 => ScriptKind.OneOff,
        5 => ScriptKind.Embedded,
        _ => throw Unread(nameof(ScriptKind), value),
    };

    /// <inheritdoc cref="Kind" />
    public static ExecutionStatus Status(byte value) => value switch
    {
        1 => ExecutionStatus.Pending,
        2 => ExecutionStatus.Running,
        3 => ExecutionStatus.Completed,
        4 => ExecutionStatus.Failed,
        5 => ExecutionStatus.Timeout,
        6 => ExecutionStatus.Cancelled,
        _ => throw Unread(nameof(ExecutionStatus), value),
    };

    /// <inheritdoc cref="Kind" />
    public static RecordPolicy Policy(byte value) => value switch
    {
        1 => RecordPolicy.All,
        2 => RecordPolicy.Errors,
        3 => RecordPolicy.Metadata,
        _ => throw Unread(nameof(RecordPolicy), value),
    };

    /// <inheritdoc cref="Kind" />
    public static LogLevel Level(byte value) => value switch
    {
        1 => LogLevel.Debug,
        2 => LogLevel.Info,
        3 => LogLevel.Warn,
        4 => LogLevel.Error,
        _ => throw Unread(nameof(LogLevel), value),
    };

    private static InvalidOperationException Unknown<T>(T value)
        where T : struct, Enum => new($"{typeof(T).Name}.{value} has no byte in the journal.");

    private static InvalidDataException Unread(string type, byte value) => new($"The journal has the byte {value} for {type}.");
}
