namespace Sandbox.Supervisor.Events;

/// <summary>What routing makes of one batch.</summary>
/// <param name="Batch">As it is after.</param>
/// <param name="IsNew">It was opened now.</param>
/// <param name="IsClosed">It takes no more and is due at once.</param>
/// <param name="Payloads">JSON texts of what came to it, with commas between; empty: nothing came.</param>
/// <param name="Events">The same of the events.</param>
/// <param name="Depth">The longest chain of causes among them.</param>
internal sealed record BatchChange(OpenBatch Batch, bool IsNew, bool IsClosed, string Payloads, string Events, int Depth);
