using System.ComponentModel.DataAnnotations;

namespace Sandbox.Supervisor.Queue;

/// <summary>Section <c>Sandbox:Queue</c>.</summary>
internal sealed class QueueOptions : IValidatableObject
{
    public const string Section = "Sandbox:Queue";

    /// <summary>Durable executions that this node has in hand at once.</summary>
    [Range(1, 10_000)]
    public int InFlightMax { get; set; } = 200;

    /// <summary>How long the dispatcher waits before it looks again, where nothing told it of work.</summary>
    public TimeSpan Poll { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a node that is silent counts as alive. What it had in hand is taken over after that.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Failed executions in a row after which a script is paused. Attempts count; what was cancelled or interrupted does not, and neither
    /// do http and embedded scripts. 0: never.
    /// </summary>
    [Range(0, 10_000)]
    public int FailuresInARow { get; set; } = 20;

    /// <summary>Executions of a tenant that may wait. Beyond it what would be accepted is refused with 429; schedules, retries and events that are stored go on.</summary>
    [Range(1, 100_000_000)]
    public int WaitingMax { get; set; } = 1_000_000;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Poll < TimeSpan.FromMilliseconds(10) || Poll > TimeSpan.FromMinutes(1)) yield return new ValidationResult("Sandbox:Queue:Poll is 00:00:00.010 to 00:01:00.", [nameof(Poll)]);
        if (Lease < TimeSpan.FromSeconds(3) || Lease > TimeSpan.FromMinutes(10)) yield return new ValidationResult("Sandbox:Queue:Lease is 00:00:03 to 00:10:00.", [nameof(Lease)]);
    }
}
