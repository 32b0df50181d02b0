namespace Sandbox.Supervisor.People;

/// <summary>A session to be stored, of a person or of a token.</summary>
internal sealed record NewSession(
    Guid Id, Guid? PersonId, Guid? TokenId, byte[] Hash, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, string? UserAgent, string? Ip);
