using Sandbox.Protocol.Api;

namespace Sandbox.Web.Components;

/// <summary>What the closed lists of the contract are called on a page.</summary>
public static class Names
{
    public static string Of(ScriptKind kind) => kind switch
    {
        ScriptKind.Scheduled => "Scheduled",
        ScriptKind.Http => "HTTP",
        ScriptKind.Event => "Event",
        ScriptKind.OneOff => "One-off",
        ScriptKind.Embedded => "Embedded",
        _ => throw new InvalidOperationException(kind.ToString()),
    };

    /// <summary>A name of <see cref="IconTagHelper"/>.</summary>
    public static string IconOf(ScriptKind kind) => kind switch
    {
        ScriptKind.Scheduled => "clock",
        ScriptKind.Http => "webhook",
        ScriptKind.Event => "zap",
        ScriptKind.OneOff => "play",
        ScriptKind.Embedded => "puzzle",
        _ => throw new InvalidOperationException(kind.ToString()),
    };

    public static string Of(ExecutionStatus status) => status switch
    {
        ExecutionStatus.Completed => "Completed",
        ExecutionStatus.Failed => "Failed",
        ExecutionStatus.Timeout => "Timed out",
        ExecutionStatus.Running => "Running",
        ExecutionStatus.Pending => "Waiting",
        ExecutionStatus.Cancelled => "Cancelled",
        _ => throw new InvalidOperationException(status.ToString()),
    };

    public static string Of(TriggerType trigger) => trigger switch
    {
        TriggerType.Cron => "A schedule",
        TriggerType.Http => "A request",
        TriggerType.Event => "An event",
        TriggerType.Manual => "A person",
        TriggerType.Api => "The API",
        TriggerType.Try => "A try",
        _ => throw new InvalidOperationException(trigger.ToString()),
    };

    public static string Of(Cause cause) => cause.Kind switch
    {
        "token" => "a token",
        "try" => "a try",
        "dry_run" => "a dry run",
        "user" => "a person",
        "http" => "a request",
        "hook" => "a hook point",
        "schedule" => "its schedule",
        "event" => "an event",
        "execution" => "another execution",
        "replay" => "a replay",
        var other => other,
    };
}
