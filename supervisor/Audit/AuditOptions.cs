using System.ComponentModel.DataAnnotations;

namespace Sandbox.Supervisor.Audit;

/// <summary>Section <c>Sandbox:Audit</c>.</summary>
internal sealed class AuditOptions
{
    public const string Section = "Sandbox:Audit";

    /// <summary>Days that entries are kept. The database itself refuses to remove any of the last 90 days.</summary>
    [Range(90, 36_500)]
    public int KeptDays { get; set; } = 365;
}
