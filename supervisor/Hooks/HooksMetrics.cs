using Prometheus;

namespace Sandbox.Supervisor.Hooks;

/// <summary>See <c>docs/telemetry.md</c>.</summary>
internal static class HooksMetrics
{
    private static readonly Counter s_calls =
        Metrics.CreateCounter("sandbox_hook_calls_total", "Inputs of hook points, by hook and outcome.", "hook", "outcome");

    /// <summary>The script answered.</summary>
    public static void Answered(string hook) => s_calls.WithLabels(hook, "script").Inc();

    /// <summary>The script failed and the default stands for it.</summary>
    public static void FailedOpen(string hook) => s_calls.WithLabels(hook, "default").Inc();

    /// <summary>The script failed and the caller got the error.</summary>
    public static void FailedClosed(string hook) => s_calls.WithLabels(hook, "failed").Inc();

    /// <summary>There was no script to ask.</summary>
    public static void NoScript(string hook) => s_calls.WithLabels(hook, "none").Inc();
}
