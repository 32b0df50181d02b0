using System.Collections.Frozen;

namespace Sandbox.Protocol.Api;

/// <summary>Who acts, in which tenant, with what permissions.</summary>
/// <param name="Kind">What <paramref name="Id"/> is the id of.</param>
/// <param name="Id">The token or the member; empty for the product itself.</param>
/// <param name="Name">For the audit, <c>created_by</c> and refusals.</param>
/// <param name="TenantId">The tenant acted in; null for a superadmin who named none.</param>
/// <param name="Superadmin">Has every permission in every tenant.</param>
/// <param name="Granted">The permissions of all others.</param>
public sealed record Principal(PrincipalKind Kind, Guid Id, string Name, Guid? TenantId, bool Superadmin, IReadOnlySet<string> Granted)
{
    /// <summary>The product itself, which may do everything.</summary>
    /// <param name="name">The part of the product that acts.</param>
    /// <param name="tenantId">The tenant it acts in; null: none.</param>
    public static Principal System(string name, Guid? tenantId) =>
        new(PrincipalKind.System, Guid.Empty, name, tenantId, Superadmin: true, FrozenSet<string>.Empty);

    /// <param name="permission">One of <see cref="Permissions"/>.</param>
    public bool May(string permission) => Superadmin || Granted.Contains(permission);

    /// <summary>403 <see cref="Codes.NotAllowed"/> where the permission is lacking; else null.</summary>
    public Problem? Refusal(string permission) =>
        May(permission) ? null : new Problem(403, Codes.NotAllowed, $"This needs the permission {permission}, which {Described} lacks.");

    /// <summary>403 <see cref="Codes.NotAllowed"/> for everyone but a superadmin; else null.</summary>
    public Problem? SuperadminRefusal() =>
        Superadmin ? null : new Problem(403, Codes.NotAllowed, $"This needs a superadmin, which {Described} is not.");

    /// <summary>The tenant to act in; 403 where the permission is lacking, 400 where no tenant was named.</summary>
    public Result<Guid> Enter(string permission)
    {
        if (Refusal(permission) is { } refused) return refused;
        return TenantId is { } tenant
            ? tenant
            : new Problem(400, Codes.InvalidArgument, $"This acts in a tenant, and {Described} named none; send the header X-Tenant: slug.");
    }

    /// <summary>Kind and name, for a sentence: <c>the token 'ci'</c>.</summary>
    public string Described => Kind switch
    {
        PrincipalKind.Token => $"the token '{Name}'",
        PrincipalKind.Member => $"the member '{Name}'",
        PrincipalKind.System => $"the product's own '{Name}'",
        _ => throw new InvalidOperationException(Kind.ToString()),
    };
}
