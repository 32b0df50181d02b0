namespace Sandbox.Supervisor.Email;

/// <summary>A server did not take a message.</summary>
/// <param name="code">One of the codes of 5-limits.</param>
/// <param name="message">Names the server and the remedy; safe to show to the tenant.</param>
/// <param name="retryAfterSeconds">When it may be tried again, where that is known.</param>
internal sealed class EmailRefusedException(string code, string message, int? retryAfterSeconds = null) : Exception(message)
{
    public string Code { get; } = code;

    public int? RetryAfterSeconds { get; } = retryAfterSeconds;
}
