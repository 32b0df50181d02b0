using System.ComponentModel.DataAnnotations;

namespace Sandbox.Supervisor.Alerts;

/// <summary>Section <c>Sandbox:Alerts</c>.</summary>
internal sealed class AlertOptions
{
    public const string Section = "Sandbox:Alerts";

    /// <summary>Milliseconds between two rounds.</summary>
    [Range(100, 60_000)]
    public int RoundMs { get; set; } = 2_000;

    /// <summary>Rounds between two looks for what is late, paused or dead: they cost more.</summary>
    [Range(1, 100)]
    public int StandingEvery { get; set; } = 5;

    /// <summary>Days that messages and closed alerts are kept.</summary>
    [Range(1, 3_650)]
    public int KeptDays { get; set; } = 90;
}
