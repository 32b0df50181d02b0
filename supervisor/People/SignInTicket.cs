namespace Sandbox.Supervisor.People;

/// <summary>A person whose password was right and whose code is awaited.</summary>
internal sealed record SignInTicket(Guid PersonId, string Email);
