namespace Sandbox.Supervisor.Egress;

/// <summary>A connection was refused or did not come about. Thrown through the HTTP client, which hands on nothing else.</summary>
/// <param name="code">One of the codes of 5-limits.</param>
/// <param name="message">Names the host and what to do; safe to show.</param>
internal sealed class EgressRefusedException(string code, string message) : Exception(message)
{
    public string Code { get; } = code;
}
