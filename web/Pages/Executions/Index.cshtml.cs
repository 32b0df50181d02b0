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

    /// <summary>The newest that match, whatever page is shown; with a text, those of the page.</summary>
    public ExecutionOutline? Outline { get; private set; }

    /// <summary>Of the outline; null where it is empty.</summary>
    public ListCharts? Charts { get; private set; }

    /// <summary>How many of all that match stand there; null where that is not known.</summary>
    /// <param name="status">Null: anywhere.</param>
    public int? CountOf(ExecutionStatus? status) => Outline is not { HasMore: false } all || Query.Status is not null ? null
        : status is { } one ? all.Count(one) : all.Items.Count;

    /// <summary>Null where it is not known: on a later page of a search.</summary>
    public string? Matching => Outline is not { } all || (Query.Text is not null && Cursor is not null) ? null
        : words[all.HasMore ? "more than {0:N0} match" : "{0:N0} match", all.Items.Count].Value;

    public string StartedBy(Execution item) => new StartedBy(item.Trigger).Words(item.Cause, words, zone, time.GetUtcNow());

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        if (Tenant is null) return;
        var now = time.GetUtcNow();
        Filter = Query.Filter(now);
        var outline = Filter.Text is null ? executions.OutlineAsync(Reader, Filter, cancellationToken) : null;
        var listed = await executions.ListAsync(Reader, Filter, new PageRequest(Rows, Cursor), cancellationToken);
        Outline = outline is null ? null : (await outline).Value;
        if (Take(listed) is not { } page) return;
        Items = page.Items;
        NextUrl = page.NextCursor is { } next ? Query.Url(Tenant, next) : null;
        Outline ??= new ExecutionOutline(
            [.. Items.Select(item => new ExecutionMark(item.Id, item.Status, item.CreatedAt, item.DurationMs))], HasMore: Cursor is not null || page.NextCursor is not null);
        if (Outline.Items.Count > 0) Charts = new ListCharts(Outline, Query, Tenant, zone, now, words);
    }
}
