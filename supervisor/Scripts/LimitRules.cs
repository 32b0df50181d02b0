using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Scripts;

/// <summary>Ranges of a script's limits. MB is 2^20 bytes.</summary>
internal static class LimitRules
{
    private const long Mb = 1024 * 1024;

    /// <summary>The limits after a change, with an error for each value out of its range.</summary>
    public static ScriptLimits Apply(ScriptLimits limits, ScriptLimitsWrite? change, ScriptKind kind, List<FieldError> errors)
    {
        var timeoutMax = kind == ScriptKind.OneOff ? 3_600_000 : 300_000;
        return new ScriptLimits
        {
            TimeoutMs = (int)Within("timeout_ms", change?.TimeoutMs, limits.TimeoutMs, 1_000, timeoutMax, kind == ScriptKind.OneOff ? "milliseconds" : "milliseconds (a one-off script: to 3600000)", errors),
            MemoryBytes = Within("memory_bytes", change?.MemoryBytes, limits.MemoryBytes, 32 * Mb, 512 * Mb, "bytes", errors),
            OutputBytes = (int)Within("output_bytes", change?.OutputBytes, limits.OutputBytes, 1024, 10 * Mb, "bytes", errors),
            Concurrency = (int)Within("concurrency", change?.Concurrency, limits.Concurrency, 1, 100, "executions at once", errors),
            Calls = (int)Within("calls", change?.Calls, limits.Calls, 0, 100_000, "calls", errors),
        };
    }

    private static long Within(string field, long? wanted, long current, long min, long max, string unit, List<FieldError> errors)
    {
        if (wanted is not { } value) return current;
        if (value >= min && value <= max) return value;
        errors.Add(new FieldError($"limits.{field}", $"is {value}; choose {min} to {max} {unit}"));
        return current;
    }
}
