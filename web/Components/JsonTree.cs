using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Html;
using Microsoft.Extensions.Localization;
using Sandbox.Protocol.Api;

namespace Sandbox.Web.Components;

/// <summary>A JSON value as a tree that folds without a script. Deep or large ones end in their text.</summary>
/// <param name="value">As it was recorded.</param>
/// <param name="words">For the counts.</param>
public sealed class JsonTree(RawJson value, IStringLocalizer words) : IHtmlContent
{
    private const int OpenLevels = 3;
    private const int LevelsMax = 40;
    private const int ItemsMax = 200;
    private const int TextMax = 200_000;

    /// <inheritdoc />
    public void WriteTo(TextWriter writer, HtmlEncoder encoder)
    {
        if (value.ToString().Length > TextMax)
        {
            Span(writer, encoder, "plain", value.ToString()[..TextMax]);
            Span(writer, encoder, "count", words["{0} more characters", value.ToString().Length - TextMax]);
            return;
        }

        using var document = JsonDocument.Parse(value.ToString(), new JsonDocumentOptions { MaxDepth = 2_000 });
        Node(writer, encoder, null, document.RootElement, 0, "");
    }

    private void Node(TextWriter writer, HtmlEncoder encoder, string? key, JsonElement element, int level, string end)
    {
        var isList = element.ValueKind == JsonValueKind.Array;
        var count = isList ? element.GetArrayLength() : element.ValueKind == JsonValueKind.Object ? element.GetPropertyCount() : 0;
        if (count == 0 || level >= LevelsMax)
        {
            writer.Write("<div>");
            Key(writer, encoder, key);
            Span(writer, encoder, Class(element), element.GetRawText());
            writer.Write($"{end}</div>");
            return;
        }

        writer.Write(level < OpenLevels ? "<details open><summary>" : "<details><summary>");
        Key(writer, encoder, key);
        writer.Write(isList ? "[ " : "{ ");
        Span(writer, encoder, "count", isList ? words["items: {0}", count] : words["keys: {0}", count]);
        writer.Write("</summary>");
        var at = 0;
        foreach (var (name, item) in isList ? element.EnumerateArray().Select(item => ((string?)null, item)) : element.EnumerateObject().Select(field => ((string?)field.Name, field.Value)))
        {
            if (at == ItemsMax) break;
            Node(writer, encoder, name, item, level + 1, ++at == count ? "" : ",");
        }

        if (count > ItemsMax)
        {
            writer.Write("<div>");
            Span(writer, encoder, "count", words["{0} more", count - ItemsMax]);
            writer.Write("</div>");
        }

        writer.Write($"<div class=\"end\">{(isList ? ']' : '}')}{end}</div></details>");
    }

    private static void Key(TextWriter writer, HtmlEncoder encoder, string? key)
    {
        if (key is null) return;
        Span(writer, encoder, "key", $"\"{key}\"");
        writer.Write(": ");
    }

    private static string Class(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => "string",
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => "number",
        _ => "plain",
    };

    private static void Span(TextWriter writer, HtmlEncoder encoder, string kind, string text)
    {
        writer.Write($"<span class=\"{kind}\">");
        encoder.Encode(writer, Visible.Of(text));
        writer.Write("</span>");
    }
}
