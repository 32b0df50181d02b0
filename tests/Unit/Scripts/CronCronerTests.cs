using System.Globalization;
using Sandbox.Supervisor.Scripts;
using Sandbox.Tests.Unit.Architecture;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Scripts;

/// <summary>
/// <see cref="CronSchedule"/> beside npm's croner, whose answers tests/croner/generate.js wrote into croner.txt. Where day of month and
/// day of week are both set, either one matches in both; croner takes a stepped star for set too. Every run that only one of them has is
/// of a kind that is named here, and their numbers are exact.
/// </summary>
public sealed class CronCronerTests
{
    private const int Runs = 3;
    private const int Lines = 2_400;

    private enum Difference
    {
        /// <summary>No kind that we know of.</summary>
        Unexplained,

        /// <summary>
        /// The clock skips a time of an expression that names hours. Ours runs once when the skipped time ends. Croner does so only where
        /// second, minute and hour are one value each; else it does not run.
        /// </summary>
        AfterSkippedTime,

        /// <summary>
        /// The clock shows a time of an expression that names hours twice. Ours runs in the first pass alone. Croner does so only where
        /// second, minute and hour are one value each; else it runs in both passes.
        /// </summary>
        InSecondPass,

        /// <summary>The expression never comes true. Ours refuses it with its column; croner takes it and has no run.</summary>
        Never,
    }

    [Fact(Timeout = 60_000)]
    public Task Runs_are_those_of_croner_but_for_known_kinds_of_differences()
    {
        var lines = File.ReadLines(Path.Combine(Repository.Root, "tests/Unit/Scripts/croner.txt")).Select(Line.Read).ToArray();
        lines.Length.ShouldBe(Lines);

        var found = lines.SelectMany(Differences).ToLookup(one => one.Kind, one => one.Where);

        found[Difference.Unexplained].ShouldBeEmpty();
        found[Difference.AfterSkippedTime].Count().ShouldBe(34);
        found[Difference.InSecondPass].Count().ShouldBe(15);
        found[Difference.Never].Count().ShouldBe(1);
        return Task.CompletedTask;
    }

    /// <summary>Runs that one of the two has and the other has not, up to where both have been asked.</summary>
    private static IEnumerable<(Difference Kind, string Where)> Differences(Line line)
    {
        if (CronSchedule.Parse(line.Cron, line.Zone).Schedule is not { } schedule)
            return [(line.Runs.Length == 0 ? Difference.Never : Difference.Unexplained, line.ToString())];
        var ours = schedule.Next(line.From, Runs);
        var until = new[] { ours, line.Runs }
            .Where(runs => runs.Count == Runs)
            .Select(runs => runs[^1])
            .DefaultIfEmpty(DateTimeOffset.MaxValue)
            .Min();
        return ours.Except(line.Runs)
            .Select(at => (At: at, Kind: line.IsInterval && ShowsSkippedTimesEnd(line, at) ? Difference.AfterSkippedTime : Difference.Unexplained))
            .Concat(line.Runs.Except(ours)
                .Select(at => (At: at, Kind: line.IsInterval && IsSecondPass(line, at) ? Difference.InSecondPass : Difference.Unexplained)))
            .Where(run => run.At <= until)
            .Select(run => (run.Kind, $"{line} at {run.At:O}"));
    }

    private static bool ShowsSkippedTimesEnd(Line line, DateTimeOffset at) => OffsetAt(line, at) > OffsetAt(line, at.AddSeconds(-1));

    private static bool IsSecondPass(Line line, DateTimeOffset at)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(line.Zone);
        var local = TimeZoneInfo.ConvertTime(at, zone);
        return zone.IsAmbiguousTime(local) && local.Offset == zone.GetAmbiguousTimeOffsets(local).Min();
    }

    private static TimeSpan OffsetAt(Line line, DateTimeOffset at) => TimeZoneInfo.FindSystemTimeZoneById(line.Zone).GetUtcOffset(at);

    private sealed record Line(string Cron, string Zone, DateTimeOffset From, DateTimeOffset[] Runs)
    {
        /// <summary>Names hours, and not one value each of second, minute and hour.</summary>
        public bool IsInterval => Fields[^4] != "*" && Fields[..^3].Any(text => !int.TryParse(text, CultureInfo.InvariantCulture, out _));

        private string[] Fields => Cron.Split(' ');

        public static Line Read(string text)
        {
            var parts = text.Split('|');
            return new Line(parts[0], parts[1], Time(parts[2]), [.. parts[3..].Where(part => part != "-").Select(Time)]);
        }

        public override string ToString() => $"{Cron} in {Zone} after {From:O}";

        private static DateTimeOffset Time(string seconds) => DateTimeOffset.FromUnixTimeSeconds(long.Parse(seconds, CultureInfo.InvariantCulture));
    }
}
