using System.Globalization;
using System.Text;
using CsCheck;
using Sandbox.Supervisor.Rest;
using Sandbox.Supervisor.Workers.Launch;
using Shouldly;
using Xunit;

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
    public void A_standard_error_in_pieces_of_any_size_is_kept_in_order() =>
        Gen.Int[0, 100_000].Array[1, 20].Sample(
            sizes =>
            {
                var (tail, all) = (new StandardErrorTail(), new List<byte>());
                foreach (var size in sizes)
                {
                    var piece = Enumerable.Range(all.Count, size).Select(at => (byte)('a' + (at % 26))).ToArray();
                    tail.Append(piece);
                    all.AddRange(piece);
                }

                tail.ToString().ShouldBe(Encoding.UTF8.GetString([.. all.TakeLast(64 * 1024)]));
            }, iter: 20);

    [Fact(Timeout = 30_000)]
    public async Task An_endless_standard_error_is_read_to_its_bound_and_no_further()
    {
        await using var endless = new EndlessStream();
        (await new StandardErrorTail().ReadAllAsync(endless, CancellationToken.None)).ShouldBeFalse();
        endless.Given.ShouldBeLessThan(StandardErrorTail.ReadBytesMax + (64 * 1024));
    }

    [Fact]
    public void A_workers_words_come_into_the_log_as_one_plain_line_of_bounded_length()
    {
        UntrustedText.ForLog("a\nb\r\n\u001b[31mred\u202e\u0000\n").ShouldBe(@"a\nb\r\n\u001b[31mred\u202e\u0000");
        UntrustedText.ForLog("Fatal error: é").ShouldBe("Fatal error: é");
        var cut = UntrustedText.ForLog(new string('x', 100_000) + "the end");
        cut.Length.ShouldBeLessThan(2_100);
        cut.ShouldEndWith("the end");
    }

    private sealed class EndlessStream : MemoryStream
    {
        public long Given { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Given += buffer.Length;
            return ValueTask.FromResult(buffer.Length);
        }
    }

    [Fact]
    public void User_ids_of_two_supervisors_and_of_two_workers_differ()
    {
        LaunchPlan.FirstUidOf("00000001").ShouldNotBe(LaunchPlan.FirstUidOf("00000002"));
        foreach (var instance in (string[])["00000000", "ffffffff", "00000ffd", "12345678"])
            LaunchPlan.FirstUidOf(instance).ShouldBeInRange(1_879_048_192, 2_147_352_576 - 65_536);
    }
}
