using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.People;

/// <summary>Whose sessions: one of both. The product itself has none.</summary>
internal readonly record struct SessionOwner(Guid? PersonId, Guid? TokenId)
{
    public static SessionOwner Of(Principal principal) => principal.Kind switch
    {
        PrincipalKind.Member => new SessionOwner(principal.Id, null),
        PrincipalKind.Token => new SessionOwner(null, principal.Id),
        PrincipalKind.System => default,
        _ => throw new InvalidOperationException(principal.Kind.ToString()),
    };
}
