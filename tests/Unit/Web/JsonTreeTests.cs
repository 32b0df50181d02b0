using System.Text.Encodings.Web;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Sandbox.Protocol.Api;
using Sandbox.Web;
using Sandbox.Web.Components;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Web;

/// <summary>What was recorded is a tree of text, whatever is in it.</summary>
public sealed class JsonTreeTests
{
    private static string Html(string json)
    {
        var factory = new ResourceManagerStringLocalizerFactory(Options.Create(new LocalizationOptions()), NullLoggerFactory.Instance);
        using var writer = new StringWriter();
        new JsonTree(new RawJson(json), new StringLocalizer<Words>(factory)).WriteTo(writer, HtmlEncoder.Default);
        return writer.ToString();
    }

    [Fact]
    public void Markup_in_keys_and_values_stays_text()
    {
        var html = Html("""{"<b>":"</script><img src=x onerror=alert(1)>"}""");

        html.ShouldContain("&lt;b&gt;");
        html.ShouldContain("&lt;img src=x onerror=alert(1)&gt;");
        html.ShouldNotContain("<b>");
        html.ShouldNotContain("<img");
    }

    [Fact]
    public void Numbers_keep_their_digits_and_lone_surrogates_come_back_as_they_were_written()
    {
        var html = Html("""[12345678901234567890.10, "\ud800"]""");

        html.ShouldContain("12345678901234567890.10");
        html.ShouldContain("\\ud800");
    }

    [Fact]
    public void Levels_beyond_the_fortieth_and_items_beyond_the_two_hundredth_are_not_made_a_tree_of()
    {
        var deep = Html(new string('[', 500) + new string(']', 500));
        var wide = Html($"[{string.Join(',', Enumerable.Range(0, 1_000))}]");

        deep.Split("<details").Length.ShouldBe(41);
        wide.ShouldContain("800 more");
        wide.ShouldNotContain(">200<");
    }

    [Fact]
    public void What_is_larger_than_a_page_can_show_is_cut_and_said_to_be()
    {
        var html = Html($"\"{new string('x', 300_000)}\"");

        html.Length.ShouldBeLessThan(250_000);
        html.ShouldContain("100002 more characters");
    }
}
