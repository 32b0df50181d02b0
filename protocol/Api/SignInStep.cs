namespace Sandbox.Protocol.Api;

/// <summary>How far a right password leads.</summary>
public enum SignInStep
{
    /// <summary>The session has begun.</summary>
    SignedIn,

    /// <summary>There is no session yet: a code is asked for.</summary>
    CodeAwaited,
}
