namespace Sandbox.Supervisor.Events;

/// <summary>An event that waits to be routed.</summary>
/// <param name="Time">When it happened.</param>
/// <param name="Payload">JSON text.</param>
internal sealed record StoredEvent(
    Guid TenantId,
    Guid Id,
    string Source,
    string EventId,
    string Type,
    DateTimeOffset Time,
    string Payload,
    int Depth,
    string? TraceParent,
    DateTimeOffset StoredAt);
