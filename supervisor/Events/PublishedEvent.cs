namespace Sandbox.Supervisor.Events;

/// <summary>An event as it is stored, whichever way it came.</summary>
/// <param name="Id">Ours.</param>
/// <param name="Source">Whose ids they are.</param>
/// <param name="EventId">The publisher's, or ours where it gave none.</param>
/// <param name="Payload">JSON text.</param>
internal sealed record PublishedEvent(Guid Id, string Source, string EventId, string Type, string Payload)
{
    public string? Subject { get; init; }

    /// <summary>As the publisher says; null: when it was stored.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>JSON object of the attributes that have no column of their own; null: none.</summary>
    public string? Attributes { get; init; }

    public string? TraceParent { get; init; }

    /// <summary>The execution that published it; null: none did.</summary>
    public Guid? ExecutionId { get; init; }

    /// <summary>Executions that caused one another before it.</summary>
    public int Depth { get; init; }
}
