using Sandbox.Protocol.Rpc;
using Sandbox.Supervisor.Executions;
using Sandbox.Supervisor.Workers;
using Shouldly;

namespace Sandbox.Tests.Unit.Workers;

public sealed class WorkerAnswersTests
{
    private static readonly InvocationRequest s_request = new()
    {
        Invocation = 1,
        VersionKey = "v",
        Context = "{}",
        Input = "null",
        HeapBytesMax = 1,
        ArrayBufferBytesMax = 1,
        CpuMsMax = 1,
        OutputBytesMax = 1_000,
    };

    private static readonly InvocationResult s_threw = new()
    {
        Outcome = InvocationOutcome.Threw,
        Error = new ScriptError("\"Error\"", "\"m\"", 1, 2, "\"s\"", null, Retryable: true),
        CpuMicroseconds = 10,
        MemoryPeakBytes = 10,
    };

    [Fact]
    public void A_workers_answers_stand()
    {
        WorkerAnswers.Refuse(new WorkerHello(RpcProtocol.Version, "13.3")).ShouldBeNull();
        WorkerAnswers.Refuse(s_threw, s_request).ShouldBeNull();
        WorkerAnswers.Refuse(new InvocationResult { Outcome = InvocationOutcome.Completed, Output = new string('x', 1_000) }, s_request).ShouldBeNull();
        WorkerAnswers.Refuse(new SourceCheck([new SourceError("no", 1, null)], IsModule: true, "no")).ShouldBeNull();
        foreach (var outcome in Enum.GetValues<InvocationOutcome>()) WorkerAnswers.Refuse(new InvocationResult { Outcome = outcome }, s_request).ShouldBeNull();
    }

    [Fact]
    public void The_longest_error_a_script_can_make_stands() =>
        WorkerAnswers.Refuse(
            s_threw with { Error = s_threw.Error! with { Message = Escapes(8 * 1024), Stack = Escapes(16 * 1024), Line = int.MinValue } }, s_request).ShouldBeNull();

    [Fact]
    public void An_error_without_a_message_is_refused() =>
        WorkerAnswers.Refuse(s_threw with { Error = s_threw.Error! with { Message = null! } }, s_request).ShouldNotBeNull();

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(long.MaxValue, 0)]
    [InlineData(0, -1)]
    [InlineData(0, long.MaxValue)]
    public void Impossible_figures_are_refused(long cpuMicroseconds, long memoryBytes) =>
        WorkerAnswers.Refuse(s_threw with { CpuMicroseconds = cpuMicroseconds, MemoryPeakBytes = memoryBytes }, s_request).ShouldNotBeNull();

    [Fact]
    public void An_output_beyond_the_requests_limit_and_its_slack_is_refused() =>
        WorkerAnswers.Refuse(new InvocationResult { Outcome = InvocationOutcome.Completed, Output = new string('x', 70_000) }, s_request).ShouldNotBeNull();

    [Fact]
    public void A_hello_or_a_source_check_without_its_parts_is_refused()
    {
        WorkerAnswers.Refuse((WorkerHello?)null).ShouldNotBeNull();
        WorkerAnswers.Refuse(new WorkerHello(1, null!)).ShouldNotBeNull();
        WorkerAnswers.Refuse((SourceCheck?)null).ShouldNotBeNull();
        WorkerAnswers.Refuse(new SourceCheck(null!, IsModule: false, null)).ShouldNotBeNull();
        WorkerAnswers.Refuse(new SourceCheck([null!], IsModule: false, null)).ShouldNotBeNull();
        WorkerAnswers.Refuse(new SourceCheck([new SourceError("no", -1, 1)], IsModule: false, null)).ShouldNotBeNull();
    }

    private static string Escapes(int length) => $"\"{string.Concat(Enumerable.Repeat("\\u0001", length))}\"";
}
