namespace Sandbox.Protocol.Api;

/// <summary>The session of a request that was signed in by a browser's cookie; a feature of the request.</summary>
public sealed record SignedInBy(Guid SessionId);
