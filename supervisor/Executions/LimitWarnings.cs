using System.Text;
using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Executions;

/// <summary>Names every limit of which an execution used 80 % or more.</summary>
internal static class LimitWarnings
{
    private const double Share = 0.8;

    public static IReadOnlyList<string> Of(Execution execution, ScriptLimits limits, string? output, (int Lines, int Bytes, bool Cut) log)
    {
        List<string>? warnings = null;
        Check("timeout_ms", execution.DurationMs ?? 0, limits.TimeoutMs, "ms");
        Check("memory_bytes", execution.MemoryPeakBytes ?? 0, limits.MemoryBytes, "bytes");
        Check("output_bytes", output is null ? 0 : Encoding.UTF8.GetByteCount(output), limits.OutputBytes, "bytes");
        Check("calls", execution.Calls, limits.Calls, "calls");
        Check("log lines", log.Lines, 1_000, "lines");
        Check("log bytes", log.Bytes, 256 * 1024, "bytes");
        return warnings ?? [];

        void Check(string limit, double used, double max, string unit)
        {
            // A limit of none is not used up by nothing.
            if (used > 0 && used >= max * Share) (warnings ??= []).Add($"{limit}: {used:0} of {max:0} {unit}");
        }
    }
}
