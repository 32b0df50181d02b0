using Microsoft.AspNetCore.Http;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Tests.Integration.Rest;

/// <summary>An audit that keeps nothing, for what is tested without it.</summary>
internal sealed class SilentAudit : IAuditTrail
{
    public Task RefusedAsync(HttpContext context, Principal principal, Problem problem) => Task.CompletedTask;
}
