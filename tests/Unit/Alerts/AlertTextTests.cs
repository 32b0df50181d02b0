using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Alerts;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Alerts;

public sealed class AlertTextTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 1, 2, 0, 0, TimeSpan.Zero);

    [Fact]
    public void What_a_script_wrote_makes_no_line_no_header_and_no_direction_of_its_own()
    {
        var summary = Body("a\r\nBcc: all@example.com\u2028b\u202Ec\0d").Summary;
        summary.ShouldBe("[acme] nightly failed (SCRIPT_ERROR): a  Bcc: all@example.com bc d");
        AlertText.Plain(Body("x\ny")).Split('\n')[0].ShouldBe("nightly failed (SCRIPT_ERROR): x y");
    }

    [Fact]
    public void What_a_script_wrote_mentions_and_links_nobody_in_slack()
    {
        var text = AlertText.Slack(Body("<!channel> <https://evil.example|click> & *bold*"));
        text.ShouldContain("&lt;!channel&gt; &lt;https://evil.example|click&gt; &amp; \u200b*\u200bbold");
        text.ShouldNotContain("<");
    }

    [Fact]
    public void A_long_message_is_cut_and_a_pair_of_surrogates_is_not_split()
    {
        var summary = Body(string.Concat(Enumerable.Repeat("😀", 1_000))).Summary;
        summary.Length.ShouldBeLessThan(250);
        summary.EnumerateRunes().ShouldNotContain(System.Text.Rune.ReplacementChar);
    }

    private static AlertBody Body(string message) => AlertText.Of(new PlannedMessage(
        Guid.CreateVersion7(),
        new TenantRule(Guid.CreateVersion7(), "acme", new AlertRule("default", true, [AlertCondition.Failure], null, [], ["ops"], 3, 300, 100, 0, 0, At, At), null),
        [new TrackedAlert(Guid.CreateVersion7(), Guid.CreateVersion7(), "default", AlertCondition.Failure, Guid.CreateVersion7(), "nightly", 1, 0, null, At, At, null, At, null, "SCRIPT_ERROR", message)],
        At));
}
