using System.Text.Json;
using CsCheck;
using Sandbox.Protocol.Api;
using Sandbox.Protocol.Text;
using Shouldly;

namespace Sandbox.Tests.Unit.Protocol;

public sealed class JsonTextTests
{
    [Fact]
    public void Any_utf16_string_comes_back_as_it_was() =>
        Gen.Char['\0', '\uffff'].Array[0, 40].Select(c => new string(c)).Sample(text => JsonText.Decode(JsonText.Encode(text)) == text, iter: 20_000);

    [Theory]
    [InlineData("\ud800")]
    [InlineData("a\udc00\ud800\udc00b\ud800")]
    [InlineData("\0\u001f\"\\/\u2028<é😀")]
    public void The_hard_ones_come_back_as_they_were(string text) => JsonText.Decode(JsonText.Encode(text)).ShouldBe(text);

    [Theory]
    [InlineData("")]
    [InlineData("\"")]
    [InlineData("\"a\"b\"")]
    [InlineData("\"\\x\"")]
    [InlineData("\"\\ud80\"")]
    [InlineData("1")]
    [InlineData("\"a\" ")]
    public void What_is_no_literal_is_refused(string text) => JsonText.Decode(text).ShouldBeNull();

    [Fact]
    public void Five_hundred_levels_are_valid_and_one_more_is_not()
    {
        JsonText.IsValid(new string('[', 500) + new string(']', 500)).ShouldBeTrue();
        JsonText.IsValid(new string('[', 501) + new string(']', 501)).ShouldBeFalse();
        JsonText.IsValid("1 2").ShouldBeFalse();
        JsonText.IsValid("").ShouldBeFalse();
    }

    [Fact]
    public void A_log_line_writes_a_lone_surrogate_as_its_escape()
    {
        var json = JsonSerializer.Serialize(new LogLine(1, DateTimeOffset.UnixEpoch, LogLevel.Info, "x\ud83d", new RawJson("1e400")));
        json.ShouldContain("\\ud83d");
        json.ShouldContain("1e400");
    }
}
