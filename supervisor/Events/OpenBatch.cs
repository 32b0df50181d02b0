namespace Sandbox.Supervisor.Events;

/// <summary>A batch that takes more events.</summary>
/// <param name="Key">Its events have this order key.</param>
/// <param name="Events">How many it has.</param>
internal sealed record OpenBatch(
    Guid TenantId, Guid Id, Guid ScriptId, string? Key, Guid ExecutionId, int Events, long Bytes, DateTimeOffset ClosesAt);
