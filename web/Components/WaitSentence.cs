using Microsoft.Extensions.Localization;
using Sandbox.Protocol.Api;

namespace Sandbox.Web.Components;

/// <summary>Why an execution has not begun, in words.</summary>
public static class WaitSentence
{
    /// <summary>Of a due time without the time, which stands behind it.</summary>
    public static string Of(ExecutionWait wait, IStringLocalizer<Words> words) => wait.Reason switch
    {
        WaitsFor.DueTime => words["Waits for its time:"],
        WaitsFor.EarlierInOrder => words["Waits for an earlier one with the same key"],
        WaitsFor.ScriptPaused => words["Waits until the script is resumed"],
        WaitsFor.TenantSuspended => words["Waits until the tenant is resumed"],
        WaitsFor.ScriptConcurrency => words["Waits for the script's own concurrency, {0} of {0} in use", wait.Limit ?? 1],
        WaitsFor.TenantConcurrency => words["Waits for the tenant's concurrency, {0} of {0} in use", wait.Limit ?? 1],
        WaitsFor.Worker => words["Waits for room on this node"],
        _ => throw new InvalidOperationException(wait.Reason.ToString()),
    };
}
