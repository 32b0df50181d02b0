using System.Text.Json;
using Microsoft.AspNetCore.Razor.TagHelpers;
using Microsoft.Extensions.Localization;
using Sandbox.Web;
using Sandbox.Web.Components;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Web;

/// <summary>The texts of the pages' scripts go along with a page in another language.</summary>
public sealed class ScriptWordsTests
{
    private const string Hostile = "</script><script>x</script> & \u2028";

    [Fact]
    public void The_build_finds_the_texts() => ScriptWordsTagHelper.Keys.ShouldBeUnique();

    [Theory]
    [InlineData("Theme: as the system")]
    [InlineData("The server was not reached. Nothing that you typed is lost; try again.")]
    [InlineData("Draft saved {0}, on top of version {1}")]
    [InlineData("Version {0} went live while you were editing on top of version {1}. Nothing of yours is lost: below, what is live stands left, yours right. Publishing puts yours in its place.")]
    public void A_text_of_a_script_is_found(string text) => ScriptWordsTagHelper.Keys.ShouldContain(text);

    [Fact]
    public void In_English_there_is_nothing_to_carry()
    {
        var output = Render(new Translated([]));

        output.TagName.ShouldBeNull();
        output.Content.GetContent().ShouldBeEmpty();
    }

    [Fact]
    public void Another_language_s_texts_are_data_that_cannot_end_their_element()
    {
        var output = Render(new Translated(new(StringComparer.Ordinal) { ["Copied"] = "Скопировано", ["Line {0}"] = Hostile, ["Of no script"] = "x" }));

        output.TagName.ShouldBe("script");
        output.Attributes["type"].Value.ShouldBe("application/json");
        var json = output.Content.GetContent();
        json.ShouldNotContain("<");
        JsonSerializer.Deserialize<Dictionary<string, string>>(json).ShouldBe(new Dictionary<string, string> { ["Copied"] = "Скопировано", ["Line {0}"] = Hostile });
    }

    private static TagHelperOutput Render(IStringLocalizer<Words> words)
    {
        var output = new TagHelperOutput("script-words", [], (_, _) => Task.FromResult<TagHelperContent>(new DefaultTagHelperContent()));
        new ScriptWordsTagHelper(words).Process(new TagHelperContext([], new Dictionary<object, object>(), "words"), output);
        return output;
    }

    private sealed class Translated(Dictionary<string, string> texts) : IStringLocalizer<Words>
    {
        public LocalizedString this[string name] => new(name, texts.GetValueOrDefault(name, name), !texts.ContainsKey(name));

        public LocalizedString this[string name, params object[] arguments] => throw new NotSupportedException();

        public IEnumerable<LocalizedString> GetAllStrings(bool includeParentCultures) => throw new NotSupportedException();
    }
}
