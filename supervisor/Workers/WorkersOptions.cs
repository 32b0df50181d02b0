using System.ComponentModel.DataAnnotations;

namespace Sandbox.Supervisor.Workers;

/// <summary>Section <c>Sandbox:Workers</c>: size and life of the pool.</summary>
internal sealed class WorkersOptions : IValidatableObject
{
    public const string Section = "Sandbox:Workers";

    /// <summary>Workers kept started and bound to no tenant, so that a new tenant does not wait for a process.</summary>
    [Range(0, 100)]
    public int Spare { get; set; } = 2;

    /// <summary>Worker processes at most, spares included.</summary>
    [Range(1, 1_000)]
    public int Max { get; set; } = 24;

    /// <summary>Executions one worker holds at once; most of them wait at an <c>await</c>.</summary>
    [Range(1, 500)]
    public int SlotsPerWorker { get; set; } = 64;

    /// <summary>Threads of one worker that may run script code at once.</summary>
    [Range(1, 32)]
    public int EntryThreads { get; set; } = 12;

    /// <summary>Bytes of a worker beyond the limits of its isolates.</summary>
    [Range(64L << 20, 4L << 30)]
    public long BaseMemoryBytes { get; set; } = 192L << 20;

    /// <summary>Bytes of a worker at most, whatever its isolates may use together.</summary>
    [Range(128L << 20, 64L << 30)]
    public long MemoryBytesMax { get; set; } = 1280L << 20;

    /// <summary>A worker that served this many executions is replaced once it is idle.</summary>
    [Range(1, long.MaxValue)]
    public long RecycleAfterExecutions { get; set; } = 1_000_000;

    /// <summary>
    /// A worker that served 100 executions and, while idle, has more memory than this share of what its isolates were admitted with is replaced.
    /// Memory is measured every 10 s at most.
    /// </summary>
    [Range(0.01, 1.0)]
    public double RecycleAtMemoryShare { get; set; } = 0.8;

    /// <summary>A worker of this age is replaced once it is idle; spares of this age one at a time.</summary>
    public TimeSpan RecycleAfter { get; set; } = TimeSpan.FromHours(6);

    /// <summary>A tenant's worker that served nothing for so long is ended.</summary>
    public TimeSpan IdleAfter { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>A new worker that has not said hello by then is killed.</summary>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(30);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Spare > Max)
            yield return new ValidationResult($"Sandbox:Workers:Spare ({Spare}) is more than Sandbox:Workers:Max ({Max}); raise Max or lower Spare.", [nameof(Spare)]);
        if (BaseMemoryBytes > MemoryBytesMax)
            yield return new ValidationResult("Sandbox:Workers:BaseMemoryBytes is more than Sandbox:Workers:MemoryBytesMax.", [nameof(BaseMemoryBytes)]);
        if (RecycleAfter <= TimeSpan.Zero || IdleAfter <= TimeSpan.Zero || StartTimeout <= TimeSpan.Zero)
            yield return new ValidationResult("Sandbox:Workers:RecycleAfter, IdleAfter and StartTimeout are longer than zero.", [nameof(RecycleAfter)]);
    }
}
