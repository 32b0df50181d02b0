namespace Sandbox.Supervisor.People;

/// <summary>What counting an attempt to sign in gave.</summary>
/// <param name="IsAdmitted">False: the account is locked, and the password is not looked at.</param>
/// <param name="LockedUntil">When the lock ends; of an admitted attempt: the lock that stays if its password is wrong.</param>
internal readonly record struct SignInAttempt(bool IsAdmitted, DateTimeOffset? LockedUntil);
