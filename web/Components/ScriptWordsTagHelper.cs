using System.Text.Json;
using Microsoft.AspNetCore.Razor.TagHelpers;
using Microsoft.Extensions.Localization;

namespace Sandbox.Web.Components;

/// <summary>The texts of the pages' scripts in the language of the page, by their English sentence: a block of JSON that <c>words.js</c> reads. In English there is none.</summary>
[HtmlTargetElement("script-words", TagStructure = TagStructure.WithoutEndTag)]
public sealed class ScriptWordsTagHelper(IStringLocalizer<Words> words) : TagHelper
{
    /// <summary>Sentences that the scripts show, as the build found them.</summary>
    public static IReadOnlyList<string> Keys { get; } = JsonSerializer.Deserialize<string[]>(WebAssets.Read("words.json"))!;

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var texts = Keys.Select(key => words[key]).Where(text => !text.ResourceNotFound).ToDictionary(text => text.Name, text => text.Value, StringComparer.Ordinal);
        if (texts.Count == 0)
        {
            output.SuppressOutput();
            return;
        }

        output.TagName = "script";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("type", "application/json");
        output.Attributes.SetAttribute("id", "words");
        // The serializer writes no sign that could end the element.
        output.Content.SetHtmlContent(JsonSerializer.Serialize(texts));
    }
}
