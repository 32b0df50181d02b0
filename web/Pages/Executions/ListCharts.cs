using System.Globalization;
using Microsoft.Extensions.Localization;
using Sandbox.Protocol.Api;
using Sandbox.Web.Components;

namespace Sandbox.Web.Pages.Executions;

/// <summary>The two charts of the executions that match. Each bar leads to the list of those that it counts.</summary>
/// <param name="outline">The newest of them.</param>
/// <param name="query">Their filters.</param>
/// <param name="tenant">The tenant acted in.</param>
/// <param name="zone">Of the labels.</param>
/// <param name="now">Bars after it have not ended.</param>
/// <param name="words">For the sentences.</param>
public sealed class ListCharts(ExecutionOutline outline, ListQuery query, ActingTenant tenant, PageZone zone, DateTimeOffset now, IStringLocalizer words)
{
    private const int Height = 76;
    private const int BarsMin = 12;
    private const int BarsMax = 36;
    private const int LabelsMax = 6;

    /// <summary>Milliseconds; a bar counts what is above one and not above the next. The last has no end.</summary>
    private static readonly double[] s_edges = [0, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 60_000, 300_000, 3_600_000];

    private static readonly TimeSpan[] s_steps =
    [
        TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15),
        TimeSpan.FromHours(1), TimeSpan.FromHours(3), TimeSpan.FromHours(6), TimeSpan.FromDays(1), TimeSpan.FromDays(7), TimeSpan.FromDays(28),
    ];

    /// <summary>When they were created, by what became of them.</summary>
    public BarChart OverTime
    {
        get
        {
            // One offset for all: where the clocks change between them, no bar is longer than another.
            var last = zone.In(outline.Items.Max(item => item.CreatedAt));
            var first = outline.Items.Min(item => item.CreatedAt).ToOffset(last.Offset);
            var step = s_steps.FirstOrDefault(step => (last - first) / step < BarsMax - 1, s_steps[^1]);
            var end = Begin(last, step) + step;
            var count = Math.Max(BarsMin, (int)((end - Begin(first, step)) / step));
            var groups = outline.Items.ToLookup(item => Begin(item.CreatedAt.ToOffset(last.Offset), step));
            var bars = Enumerable.Range(0, count).Select(at => end - (step * (count - at))).Select(begin => Bar(
                Clock(begin, step), [.. groups[begin]], begin + step > now, query with { From = Later(begin, query.From), To = Earlier(begin + step, query.To) }));
            var finding = words["{0} executions over time, from {1} to {2}", outline.Items.Count, Clock(first, step), Clock(last, step)];
            return new BarChart([.. bars], finding, Height, (count + LabelsMax - 1) / LabelsMax);
        }
    }

    /// <summary>How long they ran. Those that have not run are left out.</summary>
    public BarChart ByDuration
    {
        get
        {
            var groups = outline.Items.Where(item => item.DurationMs is not null)
                .ToLookup(item => Math.Max(0, Array.FindLastIndex(s_edges, edge => edge < item.DurationMs)));
            var bars = s_edges.Select((from, at) =>
            {
                double? to = at + 1 < s_edges.Length ? s_edges[at + 1] : null;
                return Bar(
                    to is { } most ? Short(most) : words["more"],
                    [.. groups[at]],
                    isUnfinished: false,
                    query with
                    {
                        DurationMsMin = at == 0 ? query.DurationMsMin : Math.Max(from, query.DurationMsMin ?? 0),
                        DurationMsMax = to is { } end ? Math.Min(end, query.DurationMsMax ?? end) : query.DurationMsMax,
                    });
            });
            return new BarChart([.. bars], words["{0} executions by how long they ran", groups.Sum(group => group.Count())], Height, 1);
        }
    }

    public int Total => outline.Items.Count;

    /// <summary>Which they are.</summary>
    public string About => words[
        !outline.HasMore ? "All {0:N0} that match. A bar filters." : query.Text is null ? "The newest {0:N0} that match. A bar filters." : "The {0:N0} listed. A bar filters.", Total];

    /// <summary>Cancelled, or not ended yet.</summary>
    public int Others => Total - Count(ExecutionStatus.Failed) - Count(ExecutionStatus.Timeout) - Count(ExecutionStatus.Completed);

    /// <summary>How many stand there.</summary>
    public int Count(ExecutionStatus status) => outline.Count(status);

    private ChartBar Bar(string label, IReadOnlyList<ExecutionMark> counted, bool isUnfinished, ListQuery narrower)
    {
        int Of(ExecutionStatus status) => counted.Count(item => item.Status == status);
        var (failed, late, completed) = (Of(ExecutionStatus.Failed), Of(ExecutionStatus.Timeout), Of(ExecutionStatus.Completed));
        var others = counted.Count - failed - late - completed;
        return new ChartBar(
            label,
            words["{0}: completed {1}, failed {2}, timed out {3}, other {4}", label, completed, failed, late, others],
            [new("bar-refused", failed), new("bar-late", late), new("bar-ran", completed), new("bar-waited", others)])
        {
            IsUnfinished = isUnfinished,
            Url = counted.Count > 0 ? narrower.Url(tenant) : null,
        };
    }

    private static DateTimeOffset Later(DateTimeOffset time, DateTimeOffset? other) => other > time ? other.Value : time;

    private static DateTimeOffset Earlier(DateTimeOffset time, DateTimeOffset? other) => other < time ? other.Value : time;

    private static DateTimeOffset Begin(DateTimeOffset time, TimeSpan step) => new(time.Ticks - (time.Ticks % step.Ticks), time.Offset);

    private static string Clock(DateTimeOffset time, TimeSpan step) => time.ToString(
        step < TimeSpan.FromMinutes(1) ? "HH:mm:ss" : step < TimeSpan.FromHours(3) ? "HH:mm" : "d MMM", CultureInfo.CurrentCulture);

    /// <summary>As short as can be: below a bar there is little room.</summary>
    private static string Short(double milliseconds) => milliseconds switch
    {
        < 100 => $"{milliseconds:0} ms",
        < 60_000 => $"{(milliseconds / 1_000).ToString("0.#", CultureInfo.CurrentCulture)} s",
        < 3_600_000 => $"{milliseconds / 60_000:0} min",
        _ => $"{milliseconds / 3_600_000:0} h",
    };
}
