using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Html;
using Sandbox.Protocol.Api;

namespace Sandbox.Web.Components;

/// <summary>
/// Bars of a day's hours without scale: failures stand at the foot, an hour without executions is a tick. A list has many of them, so each is a
/// path for a colour and not an element for a bar.
/// </summary>
/// <param name="hours">In order.</param>
/// <param name="sentence">What it shows.</param>
public sealed class Sparkline(IReadOnlyList<OverviewHour> hours, string sentence) : IHtmlContent
{
    private const int Width = 120;
    private const int Height = 24;
    private const double BarMin = 2;
    private const double FailureMin = 3;
    private const double Tick = 1.5;
    private const double BarShare = 0.8;

    /// <inheritdoc />
    public void WriteTo(TextWriter writer, HtmlEncoder encoder)
    {
        var most = hours.Select(hour => hour.Total).DefaultIfEmpty().Max();
        var (none, ran, failed) = (new StringBuilder(), new StringBuilder(), new StringBuilder());
        for (var at = 0; at < hours.Count; at++)
        {
            var hour = hours[at];
            var failures = hour.Failed + hour.TimedOut;
            var tall = hour.Total == 0 ? 0 : Math.Max(BarMin, (double)hour.Total / most * Height);
            var bad = failures == 0 ? 0 : Math.Max(FailureMin, (double)failures / most * Height);
            if (tall == 0) Bar(none, at, foot: 0, Tick);
            if (tall > bad) Bar(ran, at, bad, tall - bad);
            if (bad > 0) Bar(failed, at, foot: 0, bad);
        }

        writer.Write($"<svg class=\"spark\" role=\"img\" width=\"{Width}\" height=\"{Height + 2}\" aria-label=\"");
        encoder.Encode(writer, sentence);
        writer.Write("\">");
        foreach (var (name, path) in (ReadOnlySpan<(string, StringBuilder)>)[("none", none), ("bar-ran", ran), ("bar-refused", failed)])
            if (path.Length > 0) writer.Write($"<path class=\"{name}\" d=\"{path}\"/>");
        writer.Write("</svg>");
    }

    private void Bar(StringBuilder path, int at, double foot, double tall)
    {
        var step = (double)Width / hours.Count;
        var width = step * BarShare;
        path.Append(CultureInfo.InvariantCulture, $"M{at * step:0.##} {Height - foot - tall:0.##}h{width:0.##}v{tall:0.##}h-{width:0.##}z");
    }
}
