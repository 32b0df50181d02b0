using System.Text.Encodings.Web;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Html;

namespace Sandbox.Web.Components;

/// <summary>The message of an error group, with the places of its variables marked.</summary>
/// <param name="message">Such as <c>no order &lt;n&gt;</c>.</param>
public sealed partial class Template(string message) : IHtmlContent
{
    /// <inheritdoc />
    public void WriteTo(TextWriter writer, HtmlEncoder encoder)
    {
        var at = 0;
        foreach (var place in Places().EnumerateMatches(message))
        {
            encoder.Encode(writer, Visible.Of(message[at..place.Index]));
            writer.Write("<span class=\"variable\">");
            encoder.Encode(writer, message[(place.Index + 1)..(place.Index + place.Length - 1)]);
            writer.Write("</span>");
            at = place.Index + place.Length;
        }

        encoder.Encode(writer, Visible.Of(message[at..]));
    }

    [GeneratedRegex("<(?:uuid|url|email|date|id|n|text)>", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Places();
}
