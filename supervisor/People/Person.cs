namespace Sandbox.Supervisor.People;

/// <summary>An account, as far as the sign-in asks for it.</summary>
/// <param name="PasswordHash">Null: no password is set yet.</param>
internal sealed record Person(Guid Id, string Email, string? PasswordHash, bool Superadmin, bool Disabled);
