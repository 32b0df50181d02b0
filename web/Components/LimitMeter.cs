using System.Globalization;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Html;

namespace Sandbox.Web.Components;

/// <summary>How much of a limit is used. From 80 % on it stands out.</summary>
/// <param name="used">In the unit of the limit.</param>
/// <param name="limit">More than 0.</param>
/// <param name="sentence">What it shows.</param>
public sealed class LimitMeter(double used, double limit, string sentence) : IHtmlContent
{
    private const double NearShare = 0.8;

    /// <inheritdoc />
    public void WriteTo(TextWriter writer, HtmlEncoder encoder)
    {
        var share = Math.Clamp(used / limit, 0, 1);
        writer.Write("<svg class=\"meter\" role=\"img\" width=\"64\" height=\"4\" aria-label=\"");
        encoder.Encode(writer, sentence);
        writer.Write("\"><rect class=\"whole\" width=\"100%\" height=\"4\" rx=\"2\"/>");
        writer.Write(string.Create(CultureInfo.InvariantCulture, $"<rect class=\"{(share >= NearShare ? "bar-late" : "bar-ran")}\" width=\"{share * 100:0.#}%\" height=\"4\" rx=\"2\"/></svg>"));
    }
}
