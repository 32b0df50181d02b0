using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Scripts;

/// <summary>Trigger of a <c>scheduled</c> script.</summary>
internal sealed record CronTrigger
{
    /// <summary>Five fields, or six with seconds first; where both day of month and day of week are set, either matches, as in crontab.</summary>
    public string? Cron { get; set; }

    /// <summary>IANA name, such as <c>Asia/Tashkent</c>.</summary>
    public string Timezone { get; set; } = "UTC";

    /// <summary><c>skip</c>, <c>queue_one</c> or <c>allow</c>.</summary>
    public string Overlap { get; set; } = "skip";

    /// <summary><c>skip</c>, <c>latest</c> or <c>all</c>.</summary>
    public string Misfire { get; set; } = "latest";
}

/// <summary>Trigger of an <c>event</c> script.</summary>
internal sealed record EventTrigger
{
    /// <summary><c>module.entity.action</c>; <c>*</c> stands for the rest.</summary>
    public IReadOnlyList<string>? EventTypes { get; init; }

    public RawJson? Filter { get; init; }
    public string? Key { get; init; }
    public int? DebounceMs { get; init; }
    public EventBatch? Batch { get; init; }
}

/// <summary>Events that are delivered together.</summary>
internal sealed record EventBatch
{
    /// <summary>Events of a batch.</summary>
    public int? Max { get; init; }

    /// <summary>How long a batch waits for more after its first event.</summary>
    public int? WithinMs { get; init; }
}

/// <summary>When a durable execution is tried again; null: the default of its kind.</summary>
internal sealed record RetryPolicy
{
    public int? Attempts { get; init; }
    public long? BackoffMs { get; init; }
    public double? Factor { get; init; }
    public IReadOnlyList<string>? Codes { get; init; }
}
