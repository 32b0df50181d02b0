using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Sandbox.Protocol.Api;
using Sandbox.Web.Components;

namespace Sandbox.Web.Pages.Executions;

/// <summary>Executions, newest first. Its address is its state: filters and page.</summary>
[Needs(Permissions.ExecutionsRead)]
public sealed class IndexModel(IExecutions executions, PageZone zone, TimeProvider time, IStringLocalizer<Words> words) : TenantPage
{
    private const int ItemsMax = 100;

    [BindProperty(SupportsGet = true)]
    public string? Cursor { get; set; }

    [BindProperty(SupportsGet = true, Name = "")]
    public ListQuery Query { get; set; } = new();

    public IReadOnlyList<Execution> Items { get; private set; } = [];

    public string? NextUrl { get; private set; }

    /// <summary>It is the page that what comes stands on.</summary>
    public bool CanFollow => Tenant is not null && Refusal is null && Cursor is null;

    /// <summary>Of the listed executions; null where there are none.</summary>
    public ListCharts? Charts { get; private set; }

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        if (Tenant is null) return;
        var now = time.GetUtcNow();
        if (Take(await executions.ListAsync(Reader, Query.Filter(now), new PageRequest(ItemsMax, Cursor), cancellationToken)) is not { } page) return;
        Items = page.Items;
        NextUrl = page.NextCursor is { } next ? Query.Url(Tenant, next) : null;
        if (Items.Count > 0) Charts = new ListCharts(Items, Query, Tenant, zone, now, words);
    }
}
