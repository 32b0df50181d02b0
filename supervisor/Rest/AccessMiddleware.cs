using Microsoft.AspNetCore.Http.Features;
using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Rest;

/// <summary>
/// The one place where a request to the admin listener or the socket is authenticated and its permission checked, by the <see cref="Access"/> of
/// its endpoint. An endpoint that says nothing is refused: forgetting is not an opening.
/// </summary>
internal sealed class AccessMiddleware(RequestDelegate next, ITokens tokens, ITenantDirectory tenants, PageSessions sessions)
{
    private const string Scheme = "Bearer ";
    private const string TenantHeader = "X-Tenant";

    public Task InvokeAsync(HttpContext context)
    {
        var endpoint = context.GetEndpoint();
        if (endpoint is null) return next(context);
        return endpoint.Metadata.GetMetadata<Access>() switch
        {
            Access.Anyone => next(context),
            Access.Page when endpoint.Metadata.GetMetadata<NeedsAttribute>() is { } needs => PageAsync(context, needs.Permission),
            Access.Page when endpoint.Metadata.GetMetadata<OpenToAnyoneAttribute>() is not null => OpenPageAsync(context),
            Access.Page => PageAsync(context, null),
            Access.Permitted permitted => CheckAsync(context, permitted.Permission),
            Access.Superadmin => CheckAsync(context, null),
            // What ASP.NET itself made: its 405 and 415 answers.
            null when endpoint.Metadata.Count == 0 => next(context),
            _ => Problems.WriteAsync(context, new Problem(403, Codes.NotAllowed, "This call is open to nobody.")),
        };
    }

    private Task OpenPageAsync(HttpContext context)
    {
        context.Features.Set<ISignIn>(new BrowserSignIn(context, tokens, sessions));
        return next(context);
    }

    private async Task CheckAsync(HttpContext context, string? permission)
    {
        var caller = await AuthenticateAsync(context);
        if (caller is null)
        {
            await Problems.WriteAsync(context, Problems.Unauthorized);
            return;
        }

        var acting = permission is null ? WithoutTenant(caller) : InTenant(caller, context.Request.Headers[TenantHeader].ToString(), permission);
        if (acting.Problem is { } problem)
        {
            await Problems.WriteAsync(context, problem);
            return;
        }

        context.Features.Set(acting.Value);
        await next(context);
    }

    /// <summary>
    /// A page needs a session and the page's permission. A request without a session is redirected to the sign-in. A page that declares
    /// nothing is refused to all.
    /// </summary>
    private async Task PageAsync(HttpContext context, string? permission)
    {
        var caller = await AuthenticateAsync(context) ?? await sessions.CallerAsync(context);
        if (caller is null)
        {
            context.Response.Redirect("/signin");
            return;
        }

        if (permission is null || !caller.May(permission))
        {
            var detail = permission is null ? "This page is open to nobody." : $"This page needs the permission {permission}, which '{caller.Name}' lacks.";
            await Problems.WriteAsync(context, new Problem(403, Codes.NotAllowed, detail));
            return;
        }

        var slug = context.Request.Query["tenant"].ToString();
        if (caller.Superadmin && (slug.Length == 0 ? tenants.First() : tenants.BySlug(slug)) is { } tenant) caller = caller with { TenantId = tenant.Id };
        context.Features.Set(caller);
        await next(context);
    }

    private ValueTask<Caller?> AuthenticateAsync(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? tokens.AuthenticateAsync(header[Scheme.Length..].Trim(), context.RequestAborted)
            : ValueTask.FromResult<Caller?>(null);
    }

    private static Result<Caller> WithoutTenant(Caller caller) => caller.Superadmin
        ? caller
        : new Problem(403, Codes.NotAllowed, "This call needs a superadmin's token.");

    private Result<Caller> InTenant(Caller caller, string slug, string permission)
    {
        if (!caller.May(permission)) return new Problem(403, Codes.NotAllowed, $"This call needs the permission {permission}, which the token '{caller.Name}' lacks.");
        if (slug.Length == 0)
        {
            return caller.TenantId is not null
                ? caller
                : new Problem(400, Codes.InvalidArgument, $"A superadmin's token names the tenant it acts in: {TenantHeader}: slug.");
        }

        var tenant = tenants.BySlug(slug);
        if (caller.Superadmin) return tenant is null ? Problem.NotFound($"There is no tenant '{slug}'.") : caller with { TenantId = tenant.Id };
        return tenant?.Id == caller.TenantId
            ? caller
            : new Problem(403, Codes.NotAllowed, $"The token '{caller.Name}' is of another tenant than '{slug}'.");
    }
}
