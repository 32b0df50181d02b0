namespace Sandbox.Supervisor.Broker;

/// <summary>
/// A capability refuses a call: the script's promise rejects with this code and message. Thrown within a capability, caught by the broker alone; an exception
/// because arguments are read several levels deep.
/// </summary>
/// <param name="code">One of the codes of 5-limits.</param>
/// <param name="message">Names the argument, the limit and the remedy; safe to show.</param>
/// <param name="retryAfterSeconds">When it may be tried again, where that is known.</param>
internal sealed class CallRefusedException(string code, string message, int? retryAfterSeconds = null) : Exception(message)
{
    public string Code { get; } = code;

    public int? RetryAfterSeconds { get; } = retryAfterSeconds;
}
