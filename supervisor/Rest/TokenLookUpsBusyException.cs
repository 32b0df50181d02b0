using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Rest;

/// <summary>A token that is not in memory could not be looked up in time, because too many others are being looked up.</summary>
internal sealed class TokenLookUpsBusyException() : Exception("Too many tokens are being looked up.")
{
    /// <summary>The answer to whoever sent it.</summary>
    public static Problem Problem { get; } =
        new(503, Codes.Overloaded, "Too many tokens that were not used lately are being looked up; try again.") { RetryAfterSeconds = 1 };
}
