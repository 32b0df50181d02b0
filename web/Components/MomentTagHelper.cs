using System.Globalization;
using Microsoft.AspNetCore.Razor.TagHelpers;
using Microsoft.Extensions.Localization;

namespace Sandbox.Web.Components;

/// <summary><c>&lt;moment at="…"/&gt;</c>: a time, relative where it is younger than a day; the exact one with its zone is its title.</summary>
[HtmlTargetElement("moment", TagStructure = TagStructure.WithoutEndTag)]
public sealed class MomentTagHelper(IStringLocalizer<Words> words, PageZone zone, TimeProvider time) : TagHelper
{
    public DateTimeOffset? At { get; set; }

    /// <summary>With milliseconds, and never relative.</summary>
    public bool Exact { get; set; }

    /// <inheritdoc />
    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagMode = TagMode.StartTagAndEndTag;
        if (At is not { } at)
        {
            output.TagName = "span";
            output.Content.SetContent("–");
            return;
        }

        output.TagName = "time";
        var utc = at.ToUniversalTime();
        output.Attributes.SetAttribute("datetime", utc.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
        var local = zone.In(at);
        var offset = zone.Id == "UTC" ? "" : local.ToString("zzz", CultureInfo.InvariantCulture) + " ";
        output.Attributes.SetAttribute("title", $"{local.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture)} {offset}{zone.Id}");
        if (!Exact) output.Attributes.SetAttribute("data-near", "");
        output.Content.SetContent(Exact ? local.ToString("d MMM, HH:mm:ss.fff", CultureInfo.CurrentCulture) : Text(local, time.GetUtcNow() - utc));
    }

    private string Text(DateTimeOffset local, TimeSpan age) => age switch
    {
        { TotalDays: >= 1 } or { TotalMinutes: < -1 } => local.ToString("d MMM, HH:mm", CultureInfo.CurrentCulture),
        { TotalHours: >= 1 } => words["{0} h ago", (int)age.TotalHours],
        { TotalMinutes: >= 1 } => words["{0} min ago", (int)age.TotalMinutes],
        _ => words["{0} s ago", Math.Max(0, (int)age.TotalSeconds)],
    };
}
