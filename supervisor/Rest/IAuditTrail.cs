using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Rest;

/// <summary>Where the access check tells whom it refused.</summary>
internal interface IAuditTrail
{
    /// <summary>Never throws: a refusal stays one whether or not it could be written down.</summary>
    Task RefusedAsync(HttpContext context, Principal principal, Problem problem);
}
