using Sandbox.Protocol.Api;
using Sandbox.Supervisor.History;
using Shouldly;
using Xunit;
using LogLevel = Sandbox.Protocol.Api.LogLevel;

namespace Sandbox.Tests.Unit.History;

/// <summary>Files of the journal outlive the build that wrote them: a value here never changes.</summary>
public sealed class JournalBytesTests
{
    [Fact]
    public void Every_kind_keeps_its_byte() => Keeps(JournalBytes.Of, JournalBytes.Kind,
        (ScriptKind.Scheduled, 1), (ScriptKind.Http, 2), (ScriptKind.Event, 3), (ScriptKind.OneOff, 4), (ScriptKind.Embedded, 5));

    [Fact]
    public void Every_status_keeps_its_byte() => Keeps(JournalBytes.Of, JournalBytes.Status,
        (ExecutionStatus.Pending, 1), (ExecutionStatus.Running, 2), (ExecutionStatus.Completed, 3),
        (ExecutionStatus.Failed, 4), (ExecutionStatus.Timeout, 5), (ExecutionStatus.Cancelled, 6));

    [Fact]
    public void Every_policy_keeps_its_byte() => Keeps(JournalBytes.Of, JournalBytes.Policy,
        (RecordPolicy.All, 1), (RecordPolicy.Errors, 2), (RecordPolicy.Metadata, 3));

    [Fact]
    public void Every_level_keeps_its_byte() => Keeps(JournalBytes.Of, JournalBytes.Level,
        (LogLevel.Debug, 1), (LogLevel.Info, 2), (LogLevel.Warn, 3), (LogLevel.Error, 4));

    private static void Keeps<T>(Func<T, byte> write, Func<byte, T> read, params (T Value, byte Byte)[] expected)
        where T : struct, Enum
    {
        expected.Select(pair => pair.Value).ShouldBe(Enum.GetValues<T>(), ignoreOrder: true);
        foreach (var (value, one) in expected)
        {
            write(value).ShouldBe(one);
            read(one).ShouldBe(value);
        }

        Should.Throw<InvalidDataException>(() => read(0));
        Should.Throw<InvalidDataException>(() => read(255));
    }
}
