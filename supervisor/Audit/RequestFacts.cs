using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Audit;

/// <summary>What a request itself says of who does what to what.</summary>
internal static class RequestFacts
{
    private const int TextMax = 300;

    public static AuditEntry Entry(HttpContext context, Principal principal, string action, DateTimeOffset at) => new()
    {
        Id = Guid.CreateVersion7(at),
        TenantId = principal.TenantId,
        At = at,
        Actor = new AuditActor(principal.Kind, principal.Id, Cut(principal.Name)!),
        Action = action,
        Outcome = AuditOutcome.Done,
        Request = new AuditRequest(
            context.Request.Method,
            $"/{(context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText?.Trim('/')}",
            context.TraceIdentifier,
            context.Connection.RemoteIpAddress?.ToString(),
            Cut(context.Request.Headers.UserAgent.ToString())),
    };

    /// <summary>By the thing itself where it is known, else by the route.</summary>
    public static AuditTarget Target(HttpContext context, AuditSubject subject, AuditFields? before, AuditFields? after)
    {
        var named = subject.Route is { } route ? context.Request.RouteValues[route] as string : null;
        Guid? routeId = Guid.TryParse(named, out var parsed) ? parsed : null;
        var name = before?.Text(subject.NameField) ?? after?.Text(subject.NameField) ?? (routeId is null ? named : null);
        return new AuditTarget(subject.Kind, routeId ?? before?.Id ?? after?.Id, Cut(name));
    }

    private static string? Cut(string? text) => text is null or "" ? null : text[..Math.Min(text.Length, TextMax)];
}
