namespace Sandbox.Protocol.Api;

/// <summary>Whose tokens a call is about.</summary>
public enum TokenOwner
{
    /// <summary>Those of the tenant that the principal acts in; needs <see cref="Permissions.TokensManage"/>.</summary>
    Tenant,

    /// <summary>Superadmins' tokens; needs a superadmin.</summary>
    Superadmin,
}
