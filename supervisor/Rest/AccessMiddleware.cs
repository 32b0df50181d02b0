using Microsoft.AspNetCore.Http.Features;
using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Rest;

/// <summary>
/// The one place where a request to the admin listener or the socket is authenticated and its permission checked, by the <see cref="Access"/> of
/// its endpoint. An endpoint that says nothing is refused: forgetting is not an opening. A call of the API brings a bearer token, or comes
/// from one of our own pages and is its reader's.
/// </summary>
internal sealed class AccessMiddleware(
    RequestDelegate next, ITokens tokens, ITenantDirectory tenants, IPageSessions sessions, IAuditTrail audit)
{
    private const string Scheme = "Bearer ";
    private const string TenantHeader = "X-Tenant";
    private const int ReturnUrlMax = 1_000;
    private static readonly Problem s_closed = new(403, Codes.NotAllowed, "This is open to nobody: it names no permission.");

    public Task InvokeAsync(HttpContext context)
    {
        var endpoint = context.GetEndpoint();
        if (endpoint is null) return next(context);
        return endpoint.Metadata.GetMetadata<Access>() switch
        {
            Access.Anyone => next(context),
            Access.Page when endpoint.Metadata.GetMetadata<NeedsAttribute>() is { } needs =>
                PageAsync(context, reader => reader.Refusal(needs.Permission)),
            Access.Page when endpoint.Metadata.GetMetadata<NeedsSuperadminAttribute>() is not null => PageAsync(context, reader => reader.SuperadminRefusal()),
            Access.Page when endpoint.Metadata.GetMetadata<NeedsSignInAttribute>() is not null => PageAsync(context, _ => null),
            Access.Page when endpoint.Metadata.GetMetadata<OpenToAnyoneAttribute>() is not null => OpenPageAsync(context),
            Access.Page => PageAsync(context, _ => s_closed),
            Access.Permitted permitted => CheckAsync(context, (caller, slug) => InTenant(caller, slug, permitted.Permission)),
            Access.Superadmin => CheckAsync(context, (caller, _) => WithoutTenant(caller)),
            Access.SignedIn => CheckAsync(context, (caller, _) => caller),
            // What ASP.NET itself made: its 405 and 415 answers.
            null when endpoint.Metadata.Count == 0 => next(context),
            _ => Problems.WriteAsync(context, s_closed),
        };
    }

    private Task OpenPageAsync(HttpContext context)
    {
        context.Features.Set(sessions.SignInOf(context));
        return next(context);
    }

    /// <param name="context">The request.</param>
    /// <param name="enter">The caller as it acts in the named tenant, or why it may not.</param>
    private async Task CheckAsync(HttpContext context, Func<Principal, string, Result<Principal>> enter)
    {
        var slug = context.Request.Headers[TenantHeader].ToString();
        var principal = context.Features.Get<SentByOwnPage>() is not null && context.Request.Headers.Authorization.Count == 0
            ? await sessions.PrincipalAsync(context, slug)
            : await AuthenticateAsync(context);
        if (principal is null)
        {
            await Problems.WriteAsync(context, Problems.Unauthorized);
            return;
        }

        var acting = enter(principal, slug);
        if (acting.Problem is { } problem)
        {
            if (problem.Status == StatusCodes.Status403Forbidden) await audit.RefusedAsync(context, principal, problem);
            await Problems.WriteAsync(context, problem);
            return;
        }

        context.Features.Set(acting.Value);
        await next(context);
    }

    /// <summary>
    /// A page needs a session, and a permission where it names one. A request without a session is redirected to the sign-in. A page that declares
    /// nothing is refused to all.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="refusal">Why this reader may not see the page; null: the reader may.</param>
    private async Task PageAsync(HttpContext context, Func<Principal, Problem?> refusal)
    {
        var slug = context.Request.Query["tenant"].ToString();
        var principal = await AuthenticateAsync(context) ?? await sessions.PrincipalAsync(context, slug);
        if (principal is null)
        {
            context.Response.Redirect(SignInFor(context.Request));
            return;
        }

        if (refusal(principal) is { } refused)
        {
            await audit.RefusedAsync(context, principal, refused);
            await Problems.WriteAsync(context, refused);
            return;
        }

        if (principal.Superadmin && (slug.Length == 0 ? tenants.First() : tenants.BySlug(slug)) is { } tenant) principal = principal with { TenantId = tenant.Id };
        context.Features.Set(principal);
        var acting = principal.TenantId is { } id ? tenants.ById(id) : null;
        if (acting is not null) context.Features.Set(new ActingTenant(acting.Slug, acting.Name, slug.Length > 0));
        if (principal.Superadmin) context.Features.Set(new TenantChoices(acting is null ? [] : [Choice(acting)], HasAll: true));
        await next(context);
    }

    private static TenantChoice Choice(Tenant tenant) => new(tenant.Slug, tenant.Name, Roles.All[Roles.Superadmin]);

    /// <summary>The sign-in leads back to a page that was asked for by GET.</summary>
    private static string SignInFor(HttpRequest request)
    {
        var asked = $"{request.Path}{request.QueryString}";
        return HttpMethods.IsGet(request.Method) && asked.Length <= ReturnUrlMax ? $"/signin?returnUrl={Uri.EscapeDataString(asked)}" : "/signin";
    }

    private ValueTask<Principal?> AuthenticateAsync(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? tokens.AuthenticateAsync(header[Scheme.Length..].Trim(), context.RequestAborted)
            : ValueTask.FromResult<Principal?>(null);
    }

    private static Result<Principal> WithoutTenant(Principal principal) => principal.SuperadminRefusal() is { } refused ? refused : principal;

    private Result<Principal> InTenant(Principal principal, string slug, string permission)
    {
        if (principal.Refusal(permission) is { } refused) return refused;
        if (slug.Length == 0) return principal.Enter(permission).Problem is { } nowhere ? nowhere : principal;
        var tenant = tenants.BySlug(slug);
        if (principal.Superadmin) return tenant is null ? Problem.NotFound($"There is no tenant '{slug}'.") : principal with { TenantId = tenant.Id };
        return tenant is not null && tenant.Id == principal.TenantId
            ? principal
            : new Problem(403, Codes.NotAllowed, $"This acts in '{slug}', and {principal.Described} is of another tenant.");
    }
}
