using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Sandbox.Protocol.Api;

namespace Sandbox.Web.Pages.Executions;

/// <summary>Recent executions of the tenant that the reader acts in. The supervisor puts the <see cref="Principal"/> among the request's features.</summary>
[Needs(Permissions.ExecutionsRead)]
public sealed class IndexModel(IExecutions executions) : PageModel
{
    /// <summary>Which page of the list.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Cursor { get; set; }

    /// <summary>For superadmins: the tenant acted in.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Tenant { get; set; }

    public IReadOnlyList<Execution> Items { get; private set; } = [];

    public string? NextUrl { get; private set; }

    /// <summary>Why nothing is shown.</summary>
    public string? Refusal { get; private set; }

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        if (HttpContext.Features.Get<Principal>() is not { TenantId: not null } principal)
        {
            Refusal = "There is no tenant yet.";
            return;
        }

        var listed = await executions.ListAsync(principal, new ExecutionFilter(), new PageRequest(50, Cursor), cancellationToken);
        if (listed.Problem is { } problem)
        {
            Response.StatusCode = problem.Status;
            Refusal = problem.Detail;
            return;
        }

        var page = listed.Value!;
        Items = page.Items;
        if (page.NextCursor is not { } next) return;
        var query = new QueryBuilder { { "cursor", next } };
        if (Tenant is not null) query.Add("tenant", Tenant);
        NextUrl = "/executions" + query.ToQueryString();
    }
}
