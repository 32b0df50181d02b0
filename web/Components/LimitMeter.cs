using System.Globalization;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Html;

namespace Sandbox.Web.Components;

/// <summary>How much of a limit is used; from 80 % on it stands out. Or how far something came: then it is the better the more.</summary>
/// <param name="used">In the unit of the limit.</param>
/// <param name="limit">More than 0.</param>
/// <param name="sentence">What it shows.</param>
/// <param name="isProgress">Of how far something came.</param>
public sealed class LimitMeter(double used, double limit, string sentence, bool isProgress = false) : IHtmlContent
{
    /// <summary>From here on a limit is near.</summary>
    public const double NearShare = 0.8;

    /// <inheritdoc />
    public void WriteTo(TextWriter writer, HtmlEncoder encoder)
    {
        var share = Math.Clamp(used / limit, 0, 1);
        writer.Write("<svg class=\"meter\" role=\"img\" width=\"64\" height=\"4\" aria-label=\"");
        encoder.Encode(writer, sentence);
        writer.Write("\"><rect class=\"whole\" width=\"100%\" height=\"4\" rx=\"2\"/>");
        writer.Write(string.Create(CultureInfo.InvariantCulture, $"<rect class=\"{(isProgress ? "bar-call" : share >= NearShare ? "bar-late" : "bar-ran")}\" width=\"{share * 100:0.#}%\" height=\"4\" rx=\"2\"/></svg>"));
    }
}
