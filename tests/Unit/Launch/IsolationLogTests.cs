using Microsoft.Extensions.Logging;
using Sandbox.Supervisor.Rest;
using Sandbox.Supervisor.Workers.Launch;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Launch;

public sealed class IsolationLogTests
{
    private static readonly IsolationMeasure s_cgroup = new("cgroup: memory limit", true);
    private static readonly IsolationMeasure s_seccomp = new("seccomp filter", true);
    private static readonly IsolationMeasure s_uid = new("user id of its own", false, "setpriv is not installed");

    [Fact]
    public void Where_everything_is_given_one_line_says_so_and_the_list_is_for_debugging()
    {
        var lines = Lines(s_cgroup, s_seccomp);
        lines.Where(line => line.Level > LogLevel.Debug).ShouldBe([(LogLevel.Information, "All 2 isolation measures are given")]);
        lines.Where(line => line.Level == LogLevel.Debug).Select(line => line.Text).ShouldBe(["Isolation, cgroup: memory limit: given", "Isolation, seccomp filter: given"]);
    }

    [Fact]
    public void Each_missing_measure_has_its_warning_and_the_rest_one_line()
    {
        Lines(s_cgroup, s_uid, s_seccomp).Where(line => line.Level > LogLevel.Debug).ShouldBe(
        [
            (LogLevel.Warning, "Isolation, user id of its own: missing. setpriv is not installed"),
            (LogLevel.Information, "Isolation: 2 measures are given: cgroup: memory limit, seccomp filter"),
        ]);
    }

    private static List<(LogLevel Level, string Text)> Lines(params IsolationMeasure[] measures)
    {
        var kept = new KeptLines();
        kept.Isolation(new IsolationReport(measures));
        return kept.Lines;
    }

    private sealed class KeptLines : ILogger
    {
        public List<(LogLevel Level, string Text)> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Lines.Add((logLevel, formatter(state, exception)));
    }
}
