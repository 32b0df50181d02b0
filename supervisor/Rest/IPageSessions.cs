using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Rest;

/// <summary>Who is signed in to the admin pages.</summary>
internal interface IPageSessions
{
    /// <summary>Who the session of this browser is of; null where it has none that holds.</summary>
    /// <param name="tenantSlug">The tenant that the request names; empty: none.</param>
    ValueTask<Principal?> PrincipalAsync(HttpContext context, string tenantSlug);

    /// <summary>Signs this browser in.</summary>
    ISignIn SignInOf(HttpContext context);

    /// <summary>Signs this browser out.</summary>
    Task EndAsync(HttpContext context);
}
