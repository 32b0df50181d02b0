namespace Sandbox.Supervisor.Figures;

/// <summary>One hour of one version of a script.</summary>
internal sealed record ScriptHour : HourFigures
{
    public required Guid ScriptId { get; init; }
    public required int Version { get; init; }
}
