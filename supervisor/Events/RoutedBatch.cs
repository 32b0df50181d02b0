namespace Sandbox.Supervisor.Events;

/// <summary>Events that were routed in one transaction.</summary>
internal sealed record RoutedBatch(IReadOnlyList<StoredEvent> Events, int Deliveries);
