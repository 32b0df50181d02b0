using System.Text;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Executions;
using Sandbox.Supervisor.History;
using Sandbox.Tests.Integration.Database;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.History;

public sealed class JournalPolicyTests
{
    private const string Marker = "card-4111-1111";

    [Theory]
    [InlineData(RecordPolicy.All, true, true, true)]
    [InlineData(RecordPolicy.Errors, false, false, true)]
    [InlineData(RecordPolicy.Metadata, false, false, false)]
    public void The_journal_on_disk_has_only_what_the_policy_keeps(RecordPolicy policy, bool atStart, bool ofCompleted, bool ofFailed)
    {
        var json = $"\"{Marker}\"";
        var trigger = new RawJson($$"""{"type":"http","body":{{json}}}""");
        var completed = Sample.Completed(Guid.NewGuid(), input: json, output: json) with { Trigger = trigger };
        var failed = Sample.Failed(Guid.NewGuid()) with { Input = new RawJson(json), Trigger = trigger };
        var log = Sample.Line(1, Marker, json);

        Holds(journal => journal.Started(Sample.Record(completed with { Status = ExecutionStatus.Running, Output = null }, policy))).ShouldBe(atStart);
        Holds(journal => journal.Finished(Sample.Record(completed, policy, log))).ShouldBe(ofCompleted);
        Holds(journal => journal.Finished(Sample.Record(failed, policy, log))).ShouldBe(ofFailed);

        var called = new[] { Sample.Call(Marker) };
        var (plainCompleted, plainFailed) = (Sample.Completed(Guid.NewGuid()), Sample.Failed(Guid.NewGuid()));
        Holds(journal => journal.Finished(Sample.Record(plainCompleted, policy) with { Calls = called })).ShouldBe(ofCompleted);
        Holds(journal => journal.Finished(Sample.Record(plainFailed, policy) with { Calls = called })).ShouldBe(ofFailed);
    }

    /// <summary>Whether the marker is anywhere in what the journal wrote.</summary>
    private static bool Holds(Action<Journal> write)
    {
        using var directory = new TempDirectory();
        using var journal = new Journal(directory.Path);
        write(journal);
        return File.ReadAllBytes(journal.Left().ShouldHaveSingleItem()).AsSpan().IndexOf(Encoding.UTF8.GetBytes(Marker)) >= 0;
    }
}
