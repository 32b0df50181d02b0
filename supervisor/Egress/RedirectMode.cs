namespace Sandbox.Supervisor.Egress;

/// <summary>What to do where a server names another address.</summary>
internal enum RedirectMode
{
    Follow = 0,
    Error,
    Manual,
}
