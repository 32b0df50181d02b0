using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Sandbox.Protocol.Api;
using Sandbox.Web.Components;

namespace Sandbox.Web.Pages.Errors;

/// <summary>One group of failures: what fails, since when, how often, and what is thought of it.</summary>
[Needs(Permissions.ExecutionsRead)]
public sealed class ShowModel(IErrors errors, PageZone zone, TimeProvider time, IStringLocalizer<Words> words) : TenantPage
{
    private const int ChartHeight = 80;

    [FromRoute]
    public Guid Id { get; set; }

    public ErrorGroup? Group { get; private set; }

    public HourChart? Chart { get; private set; }

    /// <summary>Times until which it can be ignored, as the API takes them.</summary>
    public IReadOnlyList<(string Value, string Word)> Until =>
        [.. new[] { (1, "a day"), (7, "a week"), (30, "30 days") }.Select(one => (After(one.Item1), one.Item2))];

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        if (Tenant is null || Take(await errors.GetAsync(Reader, Id, cancellationToken)) is not { } group) return;
        Group = group;
        var trend = group.Trend ?? [];
        var hours = trend.Select(one => new ChartHour(
            zone.In(one.Hour),
            words["{0}: failures {1}", zone.In(one.Hour).ToString("HH:mm", CultureInfo.InvariantCulture), one.Count],
            [new ChartPart("bar-refused", one.Count)]));
        Chart = new HourChart([.. hours], words["failures in the last 24 hours: {0}", trend.Sum(one => one.Count)], ChartHeight, hasClock: true);
    }

    private string After(int days) => time.GetUtcNow().AddDays(days).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
