using System.Globalization;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Html;

namespace Sandbox.Web.Components;

/// <summary>
/// Bars per hour as SVG without a view box: x and widths are percents, y and heights pixels. It fits any width without distorting its text, and
/// needs neither a script nor a style. The last hour has not ended and is paler.
/// </summary>
/// <param name="hours">In order.</param>
/// <param name="finding">What the chart shows, as one sentence.</param>
/// <param name="height">Pixels of the bars.</param>
/// <param name="hasClock">Writes the hours below.</param>
public sealed class HourChart(IReadOnlyList<ChartHour> hours, string finding, int height, bool hasClock) : IHtmlContent
{
    private const double PartMin = 2;
    private const double BarShare = 0.8;
    private const int ClockHeight = 20;
    private const int ClockEvery = 3;

    /// <summary>A round number that no bar exceeds.</summary>
    public long Top { get; } = Round(hours.Select(hour => hour.Total).DefaultIfEmpty().Max());

    /// <inheritdoc />
    public void WriteTo(TextWriter writer, HtmlEncoder encoder)
    {
        writer.Write("<svg class=\"bars\" role=\"img\" height=\"");
        writer.Write(Pixels(height + (hasClock ? ClockHeight : 1)));
        writer.Write("\" aria-label=\"");
        encoder.Encode(writer, finding);
        writer.Write("\">");
        Scale(writer, Top, 10);
        Scale(writer, 0, height + 1);
        foreach (var y in (double[])[0.5, height / 2.0, height - 0.5])
            writer.Write($"<line class=\"grid\" x1=\"0\" x2=\"100%\" y1=\"{Pixels(y)}\" y2=\"{Pixels(y)}\"/>");
        for (var at = 0; at < hours.Count; at++) Bar(writer, encoder, at);
        writer.Write("</svg>");
    }

    /// <summary>A number in the gutter before the bars.</summary>
    private static void Scale(TextWriter writer, long number, double y) =>
        writer.Write($"<text class=\"scale\" x=\"-8\" y=\"{Pixels(y)}\">{number.ToString("N0", CultureInfo.CurrentCulture)}</text>");

    private void Bar(TextWriter writer, HtmlEncoder encoder, int at)
    {
        var hour = hours[at];
        var step = 100.0 / hours.Count;
        writer.Write(at == hours.Count - 1 ? "<g class=\"unfinished\"><title>" : "<g><title>");
        encoder.Encode(writer, hour.Sentence);
        writer.Write("</title>");
        var x = Percent((at * step) + (step * (1 - BarShare) / 2));
        double foot = height;
        foreach (var part in hour.Parts.Where(part => part.Count > 0))
        {
            var tall = Math.Min(foot, Math.Max(PartMin, (double)part.Count / Top * height));
            foot -= tall;
            writer.Write($"<rect class=\"{part.Class}\" x=\"{x}\" width=\"{Percent(step * BarShare)}\" y=\"{Pixels(foot)}\" height=\"{Pixels(tall)}\"/>");
        }

        writer.Write("</g>");
        if (!hasClock || at % ClockEvery != 0) return;
        var seldom = at % (2 * ClockEvery) == 0 ? "" : " class=\"seldom\"";
        var clock = hour.Hour.UtcDateTime.ToString("HH:mm", CultureInfo.InvariantCulture);
        writer.Write($"<text{seldom} x=\"{x}\" y=\"{Pixels(height + 15)}\">{clock}</text>");
    }

    /// <summary>The next of 4, 10, 20, 40, 100 and so on.</summary>
    private static long Round(long most)
    {
        long scale = 1;
        while (true)
        {
            foreach (var factor in (long[])[4, 10, 20])
                if (most <= factor * scale) return factor * scale;
            scale *= 10;
        }
    }

    private static string Percent(double value) => value.ToString("0.###", CultureInfo.InvariantCulture) + "%";

    private static string Pixels(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
