using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Rest;

/// <summary>What an endpoint asks of its caller. An endpoint without one is refused to everybody.</summary>
internal abstract record Access
{
    /// <summary>Anyone; nothing is authenticated.</summary>
    internal sealed record Anyone : Access;

    /// <summary>A token with this permission, in a tenant.</summary>
    internal sealed record Permitted(string Permission) : Access;

    /// <summary>A superadmin's token; no tenant needed.</summary>
    internal sealed record Superadmin : Access;

    /// <summary>Any token, or a reader of our pages, with whatever permissions: the endpoint is about the caller alone.</summary>
    internal sealed record SignedIn : Access;

    /// <summary>
    /// Whoever has a page session, or a bearer token: the admin pages. Each page names its permission by <see cref="NeedsAttribute"/>,
    /// or declares by <see cref="NeedsSuperadminAttribute"/>, <see cref="NeedsSignInAttribute"/> or <see cref="OpenToAnyoneAttribute"/> who may see it.
    /// </summary>
    internal sealed record Page : Access;
}

/// <summary>Puts <see cref="Access"/> on endpoints.</summary>
internal static class AccessExtensions
{
    private static readonly Access.Anyone Anyone = new();
    private static readonly Access.Superadmin Superadmin = new();
    private static readonly Access.SignedIn SignedIn = new();
    private static readonly Access.Page Page = new();

    public static T AllowAnyone<T>(this T endpoint) where T : IEndpointConventionBuilder => endpoint.WithMetadata(Anyone);

    public static T NeedsSuperadmin<T>(this T endpoint) where T : IEndpointConventionBuilder => endpoint.WithMetadata(Superadmin);

    public static T NeedsSignIn<T>(this T endpoint) where T : IEndpointConventionBuilder => endpoint.WithMetadata(SignedIn);

    public static T IsPage<T>(this T endpoint) where T : IEndpointConventionBuilder => endpoint.WithMetadata(Page);

    public static T Needs<T>(this T endpoint, string permission) where T : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new Access.Permitted(permission));
}
