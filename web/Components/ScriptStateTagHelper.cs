using Microsoft.AspNetCore.Razor.TagHelpers;
using Microsoft.Extensions.Localization;
using Sandbox.Protocol.Api;

namespace Sandbox.Web.Components;

/// <summary><c>&lt;script-state of="…"/&gt;</c>: whether a script takes work, by shape, then word.</summary>
[HtmlTargetElement("script-state", TagStructure = TagStructure.WithoutEndTag)]
public sealed class ScriptStateTagHelper(IStringLocalizer<Words> words) : TagHelper
{
    private const string Ring = """<circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" stroke-width="1.5"/>""";

    public Script Of { get; set; } = null!;

    /// <summary>On a soft ground, for the head of a page.</summary>
    public bool Pill { get; set; }

    /// <inheritdoc />
    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var (tone, glyph, word) = Of switch
        {
            { Enabled: false } => ("idle", """<path d="M5 8h6" stroke="currentColor" stroke-width="1.5"/>""", words["Disabled"]),
            { Paused: true } => ("idle", """<path d="M6.5 5.8v4.4M9.5 5.8v4.4" stroke="currentColor" stroke-width="1.5"/>""", words["Paused"]),
            _ => ("ok", """<circle cx="8" cy="8" r="2.4" fill="currentColor"/>""", words["Live"]),
        };
        output.TagName = "span";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", Pill ? $"status pill {tone}" : $"status {tone}");
        output.Content.SetHtmlContent(
            $"""<svg width="15" height="15" viewBox="0 0 16 16" stroke-linecap="round" aria-hidden="true">{Ring}{glyph}</svg>""");
        output.Content.Append(word);
    }
}
