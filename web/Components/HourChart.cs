using System.Globalization;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Html;

namespace Sandbox.Web.Components;

/// <summary>A <see cref="BarChart"/> of hours. The last one has not ended.</summary>
/// <param name="hours">In order.</param>
/// <param name="finding">What the chart shows, as one sentence.</param>
/// <param name="height">Pixels of the bars.</param>
/// <param name="hasClock">Writes the hours below.</param>
public sealed class HourChart(IReadOnlyList<ChartHour> hours, string finding, int height, bool hasClock) : IHtmlContent
{
    private const int ClockEvery = 3;

    private readonly BarChart _chart = new(
        [.. hours.Select((hour, at) => new ChartBar(Clock(hour), hour.Sentence, hour.Parts) { IsUnfinished = at == hours.Count - 1 })],
        finding,
        height,
        hasClock ? ClockEvery : 0);

    /// <inheritdoc />
    public void WriteTo(TextWriter writer, HtmlEncoder encoder) => _chart.WriteTo(writer, encoder);

    private static string Clock(ChartHour hour) => hour.Hour.ToString("HH:mm", CultureInfo.InvariantCulture);
}
