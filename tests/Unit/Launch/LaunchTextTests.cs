using System.Globalization;
using System.Text;
using CsCheck;
using Sandbox.Supervisor.Workers.Launch;
using Shouldly;

namespace Sandbox.Tests.Unit.Launch;

public sealed class LaunchTextTests
{
    [Fact]
    public void A_quoted_word_is_one_word_whatever_is_in_it()
    {
        ShellText.Quote("a b").ShouldBe("'a b'");
        ShellText.Quote("it's $HOME; rm").ShouldBe(@"'it'\''s $HOME; rm'");
    }

    [Fact]
    public void The_stack_map_has_a_line_for_every_place_the_kernel_may_put_a_stack() =>
        Gen.Long[0x7ffb_ffff_f000, 0x7fff_ffff_efff].Sample(end => StackMap.Text().Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('-').Select(part => long.Parse(part, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToArray())
            .Count(line => line[0] <= end && end < line[1]).ShouldBe(1), iter: 20);

    [Fact]
    public void Of_a_long_standard_error_the_end_is_kept()
    {
        var tail = new StandardErrorTail();
        tail.Append(Encoding.UTF8.GetBytes(new string('a', 100_000)));
        tail.Append("the end"u8);
        tail.ToString().Length.ShouldBe(64 * 1024);
        tail.ToString().ShouldEndWith("aathe end");
    }

    [Fact]
    public void User_ids_of_two_supervisors_and_of_two_workers_differ()
    {
        LaunchPlan.FirstUidOf("00000001").ShouldNotBe(LaunchPlan.FirstUidOf("00000002"));
        foreach (var instance in (string[])["00000000", "ffffffff", "00000ffd", "12345678"])
            LaunchPlan.FirstUidOf(instance).ShouldBeInRange(1_879_048_192, 2_147_352_576 - 65_536);
    }
}
