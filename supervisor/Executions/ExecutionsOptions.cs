using System.ComponentModel.DataAnnotations;

namespace Sandbox.Supervisor.Executions;

/// <summary>Section <c>Sandbox:Executions</c>.</summary>
internal sealed class ExecutionsOptions : IValidatableObject
{
    public const string Section = "Sandbox:Executions";

    /// <summary>How long a synchronous execution waits in all for its script's and tenant's concurrency and for a worker.</summary>
    public TimeSpan WaitMax { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Executions of one tenant that may wait at once; further ones are refused as <c>OVERLOADED</c>.</summary>
    [Range(1, 1_000_000)]
    public int WaitingMax { get; set; } = 1_000;

    /// <summary>How long a worker has to end an attempt that was told to, before its whole cgroup is killed.</summary>
    public TimeSpan EndGrace { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a worker may take to parse a source that is saved or validated.</summary>
    public TimeSpan ParseMax { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a stopping supervisor lets executions finish; shorter than <c>Sandbox:Drain:Seconds</c>, after which connections are cut.</summary>
    public TimeSpan DrainMax { get; set; } = TimeSpan.FromSeconds(15);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (WaitMax < TimeSpan.Zero || EndGrace <= TimeSpan.Zero || ParseMax <= TimeSpan.Zero || DrainMax < TimeSpan.Zero)
            yield return new ValidationResult("Sandbox:Executions:WaitMax and DrainMax are not negative, EndGrace and ParseMax are longer than zero.", [nameof(WaitMax)]);
    }
}
