namespace Sandbox.Supervisor.Publishing;

/// <summary>An event as a script published it.</summary>
/// <param name="Id">Ours.</param>
/// <param name="Source">Whose ids they are: the script's.</param>
/// <param name="EventId">The script's, or ours where it gave none.</param>
/// <param name="Payload">JSON text.</param>
/// <param name="Depth">Causes before it.</param>
internal sealed record PublishedEvent(Guid Id, string Source, string EventId, string Type, string? Subject, string Payload, Guid ExecutionId, int Depth);
