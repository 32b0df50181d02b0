using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Scripts;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Scripts;

public sealed class VersionDiffTests
{
    [Theory]
    [InlineData("return 1;", null, "await sdk.db.insert('payments', {});", null, "may now write payments", "")]
    [InlineData("await fetch('https://api.example.com/');", null, "return 1;", null, "", "may no longer call api.example.com")]
    [InlineData("await sdk.secrets.get('crm');", null, "return 1;", """{"secrets":["*"]}""", "may now read any secret", "")]
    [InlineData("return 1;", """{"secrets":["*"]}""", "await sdk.secrets.get('crm');", null, "", "may no longer read any secret")]
    [InlineData("return 1;", null, "return 1;", """{"entities":{"*":["read"]},"connections":["crm"],"events":["order.*"],"email":true,"scripts":["price"]}""",
        "may now read any entity; may now use the connection crm; may now publish order.*; may now send email; may now invoke the script price", "")]
    [InlineData("await sdk.db.find('a');", null, "return 1;", """{"entities":{"a":["read"]}}""", "", "")]
    public void Rights_are_compared_in_plain_words(string before, string? declaredBefore, string after, string? declaredAfter, string added, string removed)
    {
        var uses = VersionDiffs.Of(Version(1, before, declaredBefore), Version(2, after, declaredAfter)).Uses;

        string.Join("; ", uses.Added).ShouldBe(added);
        string.Join("; ", uses.Removed).ShouldBe(removed);
    }

    [Fact]
    public void Sources_are_compared_line_by_line()
    {
        var diff = VersionDiffs.Of(Version(1, "const a = 1;\nreturn a;\n", null), Version(3, "const a = 2;\nreturn a;\n", null));

        (diff.From, diff.To).ShouldBe((1, 3));
        diff.Source.ReplaceLineEndings("\n").ShouldBe("--- version 1\n+++ version 3\n@@ -1,3 +1,3 @@\n-const a = 1;\n+const a = 2;\n return a;\n \n");
        VersionDiffs.Of(Version(1, "return 1;", null), Version(2, "return 1;", "{}")).Source.ShouldBe("");
    }

    [Fact]
    public void Sources_of_very_many_lines_are_shown_whole()
    {
        var diff = VersionDiffs.Of(Version(1, "return 1;", null), Version(2, new string('\n', 20_000) + "return 2;", null));

        diff.Source.ShouldStartWith("--- version 1\n+++ version 2\n@@ -1,1 +1,20001 @@\n-return 1;\n+\n");
    }

    private static ScriptVersion Version(int number, string source, string? uses) => new()
    {
        Id = Guid.NewGuid(),
        ScriptId = Guid.NewGuid(),
        Version = number,
        Source = source,
        Uses = uses is null ? null : new RawJson(uses),
        CreatedBy = "test",
    };
}
