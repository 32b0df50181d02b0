using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Sandbox.Protocol.Api;
using Sandbox.Web.Components;

namespace Sandbox.Web.Pages.Executions;

/// <summary>Executions, newest first. Its address is its state: filters and page.</summary>
[Needs(Permissions.ExecutionsRead)]
public sealed class IndexModel(IExecutions executions, PageZone zone, TimeProvider time, IStringLocalizer<Words> words) : TenantPage
{
    [BindProperty(SupportsGet = true)]
    public string? Cursor { get; set; }

    [BindProperty(SupportsGet = true, Name = "")]
    public ListQuery Query { get; set; } = new();

    public IReadOnlyList<Execution> Items { get; private set; } = [];

    public string? NextUrl { get; private set; }

    /// <summary>It is the page that what comes stands on.</summary>
    public bool CanFollow => Tenant is not null && Refusal is null && Cursor is null;

    /// <summary>What is listed.</summary>
    public ExecutionFilter Filter { get; private set; } = new();

    /// <summary>There is something that all of it could be done to: nobody means everything.</summary>
    public bool MayAct => Items.Count > 0 && (Query.IsFiltered || Query.RangeName != "all") && (Reader.May(Permissions.ExecutionsReplay) || Reader.May(Permissions.ExecutionsCancel));

    /// <summary>Of the listed executions; null where there are none.</summary>
    public ListCharts? Charts { get; private set; }

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        if (Tenant is null) return;
        var now = time.GetUtcNow();
        Filter = Query.Filter(now);
        if (Take(await executions.ListAsync(Reader, Filter, new PageRequest(Rows, Cursor), cancellationToken)) is not { } page) return;
        Items = page.Items;
        NextUrl = page.NextCursor is { } next ? Query.Url(Tenant, next) : null;
        if (Items.Count > 0) Charts = new ListCharts(Items, Query, Tenant, zone, now, words);
    }
}
