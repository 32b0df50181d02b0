using Microsoft.AspNetCore.Razor.TagHelpers;
using Microsoft.Extensions.Localization;
using Sandbox.Protocol.Api;

namespace Sandbox.Web.Components;

/// <summary><c>&lt;status of="…"/&gt;</c>: where an execution stands, by shape, then word, then colour. Filled means that a person should look.</summary>
[HtmlTargetElement("status", TagStructure = TagStructure.WithoutEndTag)]
public sealed class StatusTagHelper(IStringLocalizer<Words> words) : TagHelper
{
    private const string Ring = """<circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" stroke-width="1.5"/>""";
    private const string Disc = """<circle cx="8" cy="8" r="7" fill="currentColor"/>""";

    public ExecutionStatus Of { get; set; }

    /// <summary>On a soft ground, for the head of a page.</summary>
    public bool Pill { get; set; }

    /// <inheritdoc />
    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var (tone, glyph) = Of switch
        {
            ExecutionStatus.Completed => ("ok", Ring + """<path d="M5.5 8.2l1.8 1.8 3.3-3.7" fill="none" stroke="currentColor" stroke-width="1.5"/>"""),
            ExecutionStatus.Failed => ("bad", Disc + """<path class="cut-out" d="M5.7 5.7l4.6 4.6M10.3 5.7l-4.6 4.6"/>"""),
            ExecutionStatus.Timeout => ("warn", Disc + """<path class="cut-out" d="M8 4.4V8l2.3 1.7"/>"""),
            ExecutionStatus.Running => ("run", """<circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="1.8" opacity=".28"/><path d="M8 2a6 6 0 0 1 6 6" fill="none" stroke="currentColor" stroke-width="1.8"/>"""),
            ExecutionStatus.Pending => ("idle", """<circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" stroke-width="1.5" stroke-dasharray="2.4 2.47"/>"""),
            ExecutionStatus.Cancelled => ("idle", Ring + """<path d="M4 12L12 4" stroke="currentColor" stroke-width="1.5"/>"""),
            _ => throw new InvalidOperationException(Of.ToString()),
        };
        output.TagName = "span";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", Pill ? $"status pill {tone}" : $"status {tone}");
        var turning = Of == ExecutionStatus.Running ? """ class="turning" """ : " ";
        output.Content.SetHtmlContent($"""<svg{turning}width="15" height="15" viewBox="0 0 16 16" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">{glyph}</svg>""");
        output.Content.Append(words[Names.Of(Of)]);
    }
}
