using Prometheus;

namespace Sandbox.Supervisor.Audit;

/// <summary>See <c>docs/telemetry.md</c>.</summary>
internal static class AuditMetrics
{
    private static readonly Counter s_rows = Metrics.CreateCounter(
        "sandbox_audit_rows_total",
        "Entries of the audit; outcome: done, refused, failed, or lost where it could not be written.",
        "outcome");

    public static void Count(string outcome) => s_rows.WithLabels(outcome).Inc();
}
