using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Sandbox.Protocol.Api;
using Sandbox.Web.Components;

namespace Sandbox.Web.Pages.Scripts;

/// <summary>The tenant's scripts: what starts each, whether it is live, whether it works, when it runs next.</summary>
[Needs(Permissions.ScriptsRead)]
public sealed class IndexModel(IScripts scripts, IOverview overview, ISchedules schedules, IStringLocalizer<Words> words) : TenantPage
{
    /// <summary>The day of a script that did not run.</summary>
    public static readonly IReadOnlyList<OverviewHour> Nothing = [.. Enumerable.Repeat(new OverviewHour(default, 0, 0, 0, 0), 24)];

    [BindProperty(SupportsGet = true)]
    public string? Cursor { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Kind { get; set; }

    /// <summary>In the name, the title or the description.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Text { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? State { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Tag { get; set; }

    public IReadOnlyList<Script> Items { get; private set; } = [];

    /// <summary>Of all scripts, whatever is filtered.</summary>
    public ScriptCounts? Counts { get; private set; }

    /// <summary>By script; empty where the reader may not see executions.</summary>
    public IReadOnlyDictionary<Guid, LastOutcome> Last { get; private set; } = new Dictionary<Guid, LastOutcome>();

    /// <summary>By script; empty where the reader may not see executions.</summary>
    public IReadOnlyDictionary<Guid, IReadOnlyList<OverviewHour>> Hours { get; private set; } = new Dictionary<Guid, IReadOnlyList<OverviewHour>>();

    /// <summary>Due times by script.</summary>
    public IReadOnlyDictionary<Guid, DateTimeOffset> Next { get; private set; } = new Dictionary<Guid, DateTimeOffset>();

    public string? NextUrl { get; private set; }

    public bool IsFiltered => Kind is not null || Text is not null || State is not null || Tag is not null;

    public bool MaySeeExecutions => Reader.May(Permissions.ExecutionsRead);

    /// <summary>This list with one filter changed.</summary>
    public string With(string name, string? value)
    {
        (string Name, string? Value)[] all = [("kind", Kind), ("text", Text), ("state", State), ("tag", Tag)];
        return Tenant.Path("/scripts", [.. all.Select(one => one.Name == name ? (name, value) : one)]);
    }

    /// <summary>What a script did in a day.</summary>
    public Sparkline Spark(IReadOnlyList<OverviewHour> hours) => new(
        hours,
        words["executions in the last 24 hours: {0}, failed: {1}", hours.Sum(hour => hour.Total), Failures(hours)]);

    public static long Failures(IReadOnlyList<OverviewHour> hours) => hours.Sum(hour => hour.Failed + hour.TimedOut);

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        if (Tenant is null) return;
        var filter = new ScriptFilter(Parse<ScriptKind>(Kind), Text, Parse<ScriptState>(State), Tag);
        if (Take(await scripts.ListAsync(Reader, filter, new PageRequest(Rows, Cursor), cancellationToken)) is not { } page) return;
        Items = page.Items;
        Guid[] shown = [.. Items.Select(script => script.Id)];
        var counts = scripts.CountAsync(Reader, cancellationToken);
        var last = overview.LastAsync(Reader, shown, cancellationToken);
        var hours = overview.HoursAsync(Reader, shown, cancellationToken);
        var dueNext = schedules.NextAsync(Reader, shown, cancellationToken);
        await Task.WhenAll(counts, last, hours, dueNext);
        Counts = (await counts).Value;
        Last = (await last).Value ?? Last;
        Hours = (await hours).Value ?? Hours;
        Next = (await dueNext).Value ?? Next;
        NextUrl = page.NextCursor is { } next
            ? Tenant.Path("/scripts", ("kind", Kind), ("text", Text), ("state", State), ("tag", Tag), ("cursor", next))
            : null;
    }

    private static T? Parse<T>(string? text) where T : struct, Enum =>
        Enum.GetValues<T>().Cast<T?>().FirstOrDefault(one => string.Equals(one.ToString(), text, StringComparison.OrdinalIgnoreCase));
}
