using Microsoft.AspNetCore.Mvc.RazorPages;
using Sandbox.Protocol.Api;

namespace Sandbox.Web.Pages;

/// <summary>A page about things of one tenant. What the supervisor refuses is shown in the page's place, with its status.</summary>
public abstract class TenantPage : PageModel
{
    /// <summary>Rows of one page of a list. Twice as many cost a browser on a small machine 50 ms more until something is seen.</summary>
    protected const int Rows = 50;

    /// <summary>Who reads.</summary>
    public Principal Reader => HttpContext.Features.Get<Principal>() ?? throw new InvalidOperationException("The access check has not run.");

    /// <summary>Null: there is no tenant yet.</summary>
    public ActingTenant? Tenant => HttpContext.Features.Get<ActingTenant>();

    /// <summary>Why nothing is shown.</summary>
    public Problem? Refusal { get; private set; }

    /// <summary>The value, or the default where there is none: then <see cref="Refusal"/> says why.</summary>
    protected T? Take<T>(Result<T> result)
    {
        if (result.Problem is not { } problem) return result.Value;
        Refusal = problem;
        Response.StatusCode = problem.Status;
        return default;
    }
}
