using System.Globalization;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Html;

namespace Sandbox.Web.Components;

/// <summary>
/// Bars as SVG without a view box: x and widths are percents, y and heights pixels. It fits any width without distorting its text, and needs
/// neither a script nor a style.
/// </summary>
/// <param name="bars">In order.</param>
/// <param name="finding">What the chart shows, as one sentence.</param>
/// <param name="height">Pixels of the bars.</param>
/// <param name="labelEvery">Each of so many bars has its label below; 0: none has.</param>
public sealed class BarChart(IReadOnlyList<ChartBar> bars, string finding, int height, int labelEvery) : IHtmlContent
{
    private const double PartMin = 2;
    private const double BarShare = 0.8;
    private const int LabelHeight = 20;

    /// <summary>A round number that no bar exceeds.</summary>
    public long Top { get; } = Round(bars.Select(bar => bar.Total).DefaultIfEmpty().Max());

    /// <inheritdoc />
    public void WriteTo(TextWriter writer, HtmlEncoder encoder)
    {
        // A picture has nothing in it that takes the focus; a group may have links.
        writer.Write($"<svg class=\"bars\" role=\"{(bars.Any(bar => bar.Url is not null) ? "group" : "img")}\" height=\"");
        writer.Write(Pixels(height + (labelEvery > 0 ? LabelHeight : 1)));
        writer.Write("\" aria-label=\"");
        encoder.Encode(writer, finding);
        writer.Write("\">");
        Scale(writer, Top, 10);
        Scale(writer, 0, height + 1);
        foreach (var y in (double[])[0.5, height / 2.0, height - 0.5])
            writer.Write($"<line class=\"grid\" x1=\"0\" x2=\"100%\" y1=\"{Pixels(y)}\" y2=\"{Pixels(y)}\"/>");
        for (var at = 0; at < bars.Count; at++) Bar(writer, encoder, at);
        writer.Write("</svg>");
    }

    /// <summary>A number in the gutter before the bars.</summary>
    private static void Scale(TextWriter writer, long number, double y) =>
        writer.Write($"<text class=\"scale\" x=\"-8\" y=\"{Pixels(y)}\">{number.ToString("N0", CultureInfo.CurrentCulture)}</text>");

    private void Bar(TextWriter writer, HtmlEncoder encoder, int at)
    {
        var bar = bars[at];
        var step = 100.0 / bars.Count;
        var tag = bar.Url is null ? "g" : "a";
        writer.Write($"<{tag}");
        if (bar.IsUnfinished) writer.Write(" class=\"unfinished\"");
        if (bar.Url is { } url)
        {
            writer.Write(" href=\"");
            encoder.Encode(writer, url);
            writer.Write("\" aria-label=\"");
            encoder.Encode(writer, bar.Sentence);
            writer.Write('"');
        }

        writer.Write("><title>");
        encoder.Encode(writer, bar.Sentence);
        writer.Write("</title>");
        if (bar.Url is not null)
            writer.Write($"<rect class=\"whole\" x=\"{Percent(at * step)}\" width=\"{Percent(step)}\" y=\"0\" height=\"{Pixels(height)}\"/>");
        var x = Percent((at * step) + (step * (1 - BarShare) / 2));
        double foot = height;
        foreach (var part in bar.Parts.Where(part => part.Count > 0))
        {
            var tall = Math.Min(foot, Math.Max(PartMin, (double)part.Count / Top * height));
            foot -= tall;
            writer.Write($"<rect class=\"{part.Class}\" x=\"{x}\" width=\"{Percent(step * BarShare)}\" y=\"{Pixels(foot)}\" height=\"{Pixels(tall)}\"/>");
        }

        writer.Write($"</{tag}>");
        if (labelEvery == 0 || at % labelEvery != 0) return;
        writer.Write($"<text{(at % (2 * labelEvery) == 0 ? "" : " class=\"seldom\"")} x=\"{x}\" y=\"{Pixels(height + 15)}\">");
        encoder.Encode(writer, bar.Label);
        writer.Write("</text>");
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
