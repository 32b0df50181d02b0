using System.Buffers;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.History;
using Sandbox.Tests.Integration.Database;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.History;

public sealed class JournalCodecTests
{
    [Fact]
    public void Every_field_comes_back_with_its_lone_surrogates()
    {
        var wild = Sample.Wild;
        var raw = $"\"{wild}\"";
        var execution = Sample.Failed(Guid.NewGuid(), wild, wild) with
        {
            ScriptName = wild,
            Input = new RawJson(raw),
            Output = new RawJson(raw),
            Trigger = new RawJson(raw),
            Attempt = 3,
            Cause = new Cause(wild, wild),
            Calls = 4,
            Labels = new Dictionary<string, string>(StringComparer.Ordinal) { [wild] = wild, ["plain"] = "" },
            Warnings = [wild, "plain"],
            Progress = new ExecutionProgress(1.5, 10, wild),
        };
        var record = Sample.Record(execution, RecordPolicy.Errors, Sample.Line(1, wild, raw), Sample.Line(2, "")) with
        {
            Calls = [Sample.Call(wild, wild, wild, long.MaxValue), Sample.Call("")],
        };

        var (read, ended) = Pass(record, ended: true);

        ended.ShouldBeTrue();
        Plain(read).ShouldBe(Plain(record));
    }

    [Fact]
    public void What_is_not_there_comes_back_as_such()
    {
        var record = Sample.Record(Sample.Completed(Guid.NewGuid()) with
        {
            Status = ExecutionStatus.Pending,
            Input = null,
            Output = null,
            Cause = new Cause("token", null),
            StartedAt = null,
            FinishedAt = null,
            DurationMs = null,
            CpuMs = null,
            MemoryPeakBytes = null,
        }, RecordPolicy.Metadata);

        var (read, ended) = Pass(record, ended: false);

        ended.ShouldBeFalse();
        Plain(read).ShouldBe(Plain(record));
    }

    [Fact]
    public void A_record_of_a_build_that_wrote_no_call_log_is_read()
    {
        var record = Sample.Record(Sample.Failed(Guid.NewGuid()), RecordPolicy.All, Sample.Line(1, "kept"));
        var buffer = new ArrayBufferWriter<byte>();
        JournalCodec.WriteFinished(buffer, record);
        var body = buffer.WrittenSpan[JournalCodec.FrameBytes..].ToArray();
        // An array of 34 members, of which the last is nil; it was one of 33.
        (body[0], body[1], body[2], body[^1]).ShouldBe(((byte)0xdc, (byte)0, (byte)34, (byte)0xc0));
        body[2] = 33;

        var (read, ended) = JournalCodec.Read(body.AsMemory(..^1));

        ended.ShouldBeTrue();
        read.Calls.ShouldBeEmpty();
        Plain(read).ShouldBe(Plain(record));
    }

    [Fact]
    public void Bytes_that_are_no_record_are_refused() =>
        Should.Throw<InvalidDataException>(() => JournalCodec.Read(new byte[] { 0x93, 1, 2, 3 }));

    private static (ExecutionRecord Record, bool Ended) Pass(ExecutionRecord record, bool ended)
    {
        var buffer = new ArrayBufferWriter<byte>();
        if (ended) JournalCodec.WriteFinished(buffer, record);
        else JournalCodec.WriteStarted(buffer, record);
        return JournalCodec.Read(buffer.WrittenMemory[JournalCodec.FrameBytes..]);
    }

    /// <summary>All of it as text that keeps lone surrogates apart: a record with collections in it has no equality of its own.</summary>
    private static string Plain(ExecutionRecord record)
    {
        var e = record.Execution;
        return string.Join('\n', [
            .. typeof(Execution).GetProperties().Where(property => property.Name is not ("Labels" or "Warnings")).Select(property => $"{property.Name}={property.GetValue(e)}"),
            .. e.Labels.Select(label => $"{label.Key}={label.Value}"), .. e.Warnings,
            $"{record.VersionId} {record.Policy}", .. record.Logs.Select(line => line.ToString()),
            .. record.Calls.Select(call => call.ToString())]);
    }
}
