using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Sandbox.Web.Components;

/// <summary><c>&lt;icon name="clock"/&gt;</c>: a picture of Lucide, in the text's colour. It says nothing: the words beside it do.</summary>
[HtmlTargetElement("icon", TagStructure = TagStructure.WithoutEndTag)]
public sealed partial class IconTagHelper : TagHelper
{
    private static readonly ConcurrentDictionary<string, string> s_paths = new(StringComparer.Ordinal);

    /// <summary>One that <c>Sandbox.Web.csproj</c> names.</summary>
    public string Name { get; set; } = "";

    /// <summary>Pixels, both ways.</summary>
    public int Size { get; set; } = 16;

    /// <inheritdoc />
    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "svg";
        output.TagMode = TagMode.StartTagAndEndTag;
        var size = Size.ToString(CultureInfo.InvariantCulture);
        foreach (var (name, value) in new[]
        {
            ("width", size), ("height", size), ("viewBox", "0 0 24 24"), ("fill", "none"), ("stroke", "currentColor"), ("stroke-width", "1.75"),
            ("stroke-linecap", "round"), ("stroke-linejoin", "round"), ("aria-hidden", "true"),
        }) output.Attributes.SetAttribute(name, value);
        output.Content.SetHtmlContent(s_paths.GetOrAdd(Name, static name => Inner().Match(Encoding.UTF8.GetString(WebAssets.Read($"icons/{name}.svg"))).Groups["inner"].Value.Trim()));
    }

    [GeneratedRegex(@"<svg[^>]*>(?<inner>.*)</svg>", RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Inner();
}
