namespace Sandbox.Supervisor.Scripts;

/// <summary>The draft that a new version is made of; it is removed in the transaction that stores the version.</summary>
/// <param name="Message">Kept with the version.</param>
internal sealed record Publication(StoredDraft Draft, string? Message);
