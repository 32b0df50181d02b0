using System.Globalization;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Html;
using Sandbox.Protocol.Api;

namespace Sandbox.Web.Components;

/// <summary>Bars of a day's hours without scale: failures stand at the foot, an hour without executions is a tick.</summary>
/// <param name="hours">In order.</param>
/// <param name="sentence">What it shows.</param>
public sealed class Sparkline(IReadOnlyList<OverviewHour> hours, string sentence) : IHtmlContent
{
    private const int Height = 24;
    private const double BarMin = 2;
    private const double FailureMin = 3;
    private const double BarShare = 0.8;

    /// <inheritdoc />
    public void WriteTo(TextWriter writer, HtmlEncoder encoder)
    {
        var most = hours.Select(hour => hour.Total).DefaultIfEmpty().Max();
        var step = 100.0 / hours.Count;
        writer.Write($"<svg class=\"spark\" role=\"img\" height=\"{Height + 2}\" aria-label=\"");
        encoder.Encode(writer, sentence);
        writer.Write("\">");
        for (var at = 0; at < hours.Count; at++)
        {
            var (hour, x, width) = (hours[at], Number(at * step), Number(step * BarShare));
            if (hour.Total == 0)
            {
                writer.Write($"<rect class=\"none\" x=\"{x}%\" width=\"{width}%\" y=\"{Number(Height - 1.5)}\" height=\"1.5\"/>");
                continue;
            }

            var failures = hour.Failed + hour.TimedOut;
            var tall = Math.Max(BarMin, (double)hour.Total / most * Height);
            var bad = failures == 0 ? 0 : Math.Max(FailureMin, (double)failures / most * Height);
            if (tall > bad) writer.Write($"<rect class=\"bar-ran\" x=\"{x}%\" width=\"{width}%\" y=\"{Number(Height - tall)}\" height=\"{Number(tall - bad)}\"/>");
            if (bad > 0) writer.Write($"<rect class=\"bar-refused\" x=\"{x}%\" width=\"{width}%\" y=\"{Number(Height - bad)}\" height=\"{Number(bad)}\"/>");
        }

        writer.Write("</svg>");
    }

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
