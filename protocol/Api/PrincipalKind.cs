namespace Sandbox.Protocol.Api;

/// <summary>What stands behind a <see cref="Principal"/>.</summary>
public enum PrincipalKind
{
    /// <summary>A bearer token.</summary>
    Token,

    /// <summary>A person with an account.</summary>
    Member,

    /// <summary>The product itself.</summary>
    System,
}
