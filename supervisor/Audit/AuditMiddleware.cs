using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Audit;

/// <summary>
/// Writes down each request to an endpoint that is <see cref="Audited"/>, once its answer is known and before it is sent. It stands behind
/// the idempotency keys: an answer that is given again is no second action.
/// </summary>
internal sealed class AuditMiddleware(RequestDelegate next, AuditTrail trail, TimeProvider time)
{
    public Task InvokeAsync(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<Audited>() is { } audited && context.Features.Get<Principal>() is { } principal
            ? RecordAsync(context, audited, principal)
            : next(context);

    private async Task RecordAsync(HttpContext context, Audited audited, Principal principal)
    {
        // A caller who leaves must not decide what the audit says of him: from here on it is carried out whether or not he waits.
        context.RequestAborted = CancellationToken.None;
        var at = time.GetUtcNow();
        var subject = audited.Subject;
        var asked = await AskedAsync(context, subject);
        var before = await BeforeAsync(context, subject, principal);
        var client = context.Response.Body;
        using var answer = new MemoryStream();
        context.Response.Body = answer;
        var entry = RequestFacts.Entry(context, principal, audited.Action, at);
        entry = entry with { TenantId = TenantOf(subject, entry, before), Target = RequestFacts.Target(context, subject, before, null) };
        try
        {
            await (asked is null ? Problems.WriteAsync(context, Body.TooLarge(Body.BytesMax)) : next(context));
        }
        catch (Exception e)
        {
            var code = e is BadHttpRequestException bad ? Problems.Of(bad).Code : Codes.Internal;
            await trail.WriteAsync(entry with { Outcome = AuditOutcome.Failed, Code = code });
            throw;
        }
        finally
        {
            context.Response.Body = client;
        }

        var body = answer.GetBuffer().AsMemory(0, (int)answer.Length);
        await trail.WriteAsync(context.Response.StatusCode is >= 200 and < 300
            ? Done(context, audited, entry, before, AuditFields.Of(body, subject), asked!)
            : entry with
            {
                Outcome = context.Response.StatusCode == StatusCodes.Status403Forbidden ? AuditOutcome.Refused : AuditOutcome.Failed,
                Code = AuditFields.Code(body) ?? Codes.Internal,
            });
        if (body.Length > 0) await client.WriteAsync(body, CancellationToken.None);
    }

    private static AuditEntry Done(
        HttpContext context, Audited audited, AuditEntry entry, AuditFields? before, AuditFields? after, AuditFields asked)
    {
        var (was, became) = AuditFields.Change(before, after, asked);
        var isNewVersion = audited.OfNewVersion is not null && before?.Raw("version") != after?.Raw("version");
        return entry with
        {
            Action = isNewVersion ? audited.OfNewVersion! : entry.Action,
            TenantId = TenantOf(audited.Subject, entry, before ?? after),
            Target = RequestFacts.Target(context, audited.Subject, before, after),
            Before = was,
            After = became,
            ExecutionId = Guid.TryParse(context.Response.Headers[HeaderNames.ExecutionId].ToString(), out var execution) ? execution
                : audited.Subject.Kind == "execution" ? entry.Target?.Id
                : null,
        };
    }

    /// <summary>An action on a tenant itself is of that tenant, though it is acted in none.</summary>
    private static Guid? TenantOf(AuditSubject subject, AuditEntry entry, AuditFields? tenant) =>
        subject.Kind == "tenant" ? tenant?.Id : entry.TenantId;

    /// <summary>As the product itself: whoever may write something need not be allowed to read it.</summary>
    private static async Task<AuditFields?> BeforeAsync(HttpContext context, AuditSubject subject, Principal principal)
    {
        if (subject.Read is null || (subject.Route is { } route && !context.Request.RouteValues.ContainsKey(route))) return null;
        var json = await subject.Read(context, Principal.System("audit", principal.TenantId));
        return json is null ? null : AuditFields.Of(json, subject);
    }

    /// <summary>What is kept of the body, which can be read again; null where it is too large.</summary>
    private static async Task<AuditFields?> AskedAsync(HttpContext context, AuditSubject subject)
    {
        if (subject.Asked.Count + subject.WriteOnly.Count == 0) return new AuditFields();
        using var body = await Body.ReadAsync(context, Body.BytesMax);
        if (body is null) return null;
        var bytes = body.Span.ToArray();
        context.Request.Body = new MemoryStream(bytes, writable: false);
        return AuditFields.OfRequest(bytes, subject);
    }
}
