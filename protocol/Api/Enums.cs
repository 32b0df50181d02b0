using System.Text.Json.Serialization;

namespace Sandbox.Protocol.Api;

/// <summary>What starts a script.</summary>
public enum ScriptKind
{
    [JsonStringEnumMemberName("scheduled")] Scheduled,
    [JsonStringEnumMemberName("http")] Http,
    [JsonStringEnumMemberName("event")] Event,
    [JsonStringEnumMemberName("oneoff")] OneOff,
    [JsonStringEnumMemberName("embedded")] Embedded,
}

/// <summary>What an execution that has not begun waits for.</summary>
public enum WaitsFor
{
    /// <summary>Its time: a <c>run_at</c>, or the pause before the next attempt.</summary>
    [JsonStringEnumMemberName("due_time")] DueTime,

    /// <summary>Another one with the same order key, which came before it.</summary>
    [JsonStringEnumMemberName("earlier_in_order")] EarlierInOrder,

    [JsonStringEnumMemberName("script_paused")] ScriptPaused,
    [JsonStringEnumMemberName("tenant_suspended")] TenantSuspended,
    [JsonStringEnumMemberName("script_concurrency")] ScriptConcurrency,
    [JsonStringEnumMemberName("tenant_concurrency")] TenantConcurrency,

    /// <summary>What the node may have in hand.</summary>
    [JsonStringEnumMemberName("worker")] Worker,
}

/// <summary>Where an execution stands; <c>docs/states.md</c> draws the legal steps. The last four are final.</summary>
public enum ExecutionStatus
{
    [JsonStringEnumMemberName("pending")] Pending,
    [JsonStringEnumMemberName("running")] Running,
    [JsonStringEnumMemberName("completed")] Completed,
    [JsonStringEnumMemberName("failed")] Failed,
    [JsonStringEnumMemberName("timeout")] Timeout,
    [JsonStringEnumMemberName("cancelled")] Cancelled,
}

/// <summary>What caused an execution, as the script sees it in <c>context.trigger.type</c>.</summary>
public enum TriggerType
{
    [JsonStringEnumMemberName("cron")] Cron,
    [JsonStringEnumMemberName("http")] Http,
    [JsonStringEnumMemberName("event")] Event,
    [JsonStringEnumMemberName("manual")] Manual,
    [JsonStringEnumMemberName("api")] Api,

    /// <summary>A source that is not saved.</summary>
    [JsonStringEnumMemberName("try")] Try,
}

/// <summary>Severity of a log line.</summary>
public enum LogLevel
{
    [JsonStringEnumMemberName("debug")] Debug = 0,
    [JsonStringEnumMemberName("info")] Info = 1,
    [JsonStringEnumMemberName("warn")] Warn = 2,
    [JsonStringEnumMemberName("error")] Error = 3,
}

/// <summary>How much of an execution is kept.</summary>
public enum RecordPolicy
{
    [JsonStringEnumMemberName("all")] All,
    [JsonStringEnumMemberName("errors")] Errors,
    [JsonStringEnumMemberName("metadata")] Metadata,
}

/// <summary>What became of an event for one script.</summary>
public enum DeliveryState
{
    [JsonStringEnumMemberName("waiting")] Waiting,
    [JsonStringEnumMemberName("completed")] Completed,
    [JsonStringEnumMemberName("dead")] Dead,
    [JsonStringEnumMemberName("cancelled")] Cancelled,
    [JsonStringEnumMemberName("discarded")] Discarded,
    [JsonStringEnumMemberName("debounced")] Debounced,
}
