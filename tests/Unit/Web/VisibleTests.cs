using Sandbox.Web.Components;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Web;

/// <summary>A stranger's text on a page hides nothing and turns nothing around.</summary>
public sealed class VisibleTests
{
    [Theory]
    [InlineData("plain, кириллица, 国 😀\n\tnext", "plain, кириллица, 国 😀\n\tnext")]
    [InlineData("a\0b", "a\u2400b")]
    [InlineData("\u001b[31mred", "\u241b[31mred")]
    [InlineData("\u007f\u0085", "\u2421‹U+0085›")]
    [InlineData("invoice\u202efdp.exe", "invoice‹U+202E›fdp.exe")]
    [InlineData("\u2066\u2069\u200f\ufeff", "‹U+2066›‹U+2069›‹U+200F›‹U+FEFF›")]
    public void What_is_not_to_be_seen_is_shown(string text, string shown) => Visible.Of(text).ShouldBe(shown);

    [Theory]
    [InlineData(null, "–")]
    [InlineData(0.074, "0.07 ms")]
    [InlineData(999.4, "999 ms")]
    [InlineData(1_234.0, "1.23 s")]
    [InlineData(243_000.0, "4 min 3 s")]
    [InlineData(7_500_000.0, "2 h 5 min")]
    public void Durations_are_as_people_read_them(double? milliseconds, string text) => Amount.Duration(milliseconds).ShouldBe(text);

    [Theory]
    [InlineData(250, "250 ms")]
    [InlineData(30_000, "30 s")]
    [InlineData(1_500, "1.5 s")]
    [InlineData(300_000, "5 min 0 s")]
    public void Limits_in_time_have_no_zeros_behind_the_point(int milliseconds, string text) => Amount.Limit(milliseconds).ShouldBe(text);
}
