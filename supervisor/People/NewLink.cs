namespace Sandbox.Supervisor.People;

/// <summary>A one-time link to be stored.</summary>
internal sealed record NewLink(byte[] Hash, DateTimeOffset ExpiresAt);
