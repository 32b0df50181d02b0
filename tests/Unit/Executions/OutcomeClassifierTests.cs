using Sandbox.Protocol.Api;
using Sandbox.Protocol.Rpc;
using Sandbox.Supervisor.Executions;
using Sandbox.Supervisor.Workers;
using Sandbox.Supervisor.Workers.Launch;
using Shouldly;

namespace Sandbox.Tests.Unit.Executions;

public sealed class OutcomeClassifierTests
{
    private static readonly ScriptLimits s_limits = new();

    private static WorkerExit Exit(int? code = null, int? signal = null, KillReason? reason = null, long ooms = 0, params long[] running) =>
        new(code, signal, reason, ooms, 0, 0, running, "");

    private static Outcome Of(InvocationEnd end, EndReason reason = EndReason.None, bool again = false, bool changed = false) => OutcomeClassifier.Classify(reason, end, s_limits, again, changed);

    private static InvocationResult Result(InvocationOutcome outcome, string? output = null, ScriptError? error = null) =>
        new() { Outcome = outcome, Output = output, Error = error };

    [Fact]
    public void The_kernels_out_of_memory_kill_outranks_our_own_deadline()
    {
        var outcome = Of(InvocationEnd.Died(Exit(137, null, KillReason.Deadline, 1, 7), onThread: true, wasAlone: false), EndReason.Deadline);
        outcome.Code.ShouldBe(Codes.MemoryLimit);
        outcome.Status.ShouldBe(ExecutionStatus.Failed);
        outcome.Blamed.ShouldBeTrue();
    }

    [Fact]
    public void Our_deadline_outranks_what_the_worker_answers()
    {
        var outcome = Of(InvocationEnd.Answered(Result(InvocationOutcome.Completed, "1")), EndReason.Deadline);
        outcome.Status.ShouldBe(ExecutionStatus.Timeout);
        outcome.Code.ShouldBe(Codes.Timeout);
    }

    [Theory]
    [InlineData(134, null)]
    [InlineData(null, 6)]
    [InlineData(133, null)]
    public void V8s_abort_is_the_memory_limit_of_whoever_was_on_a_thread(int? code, int? signal) =>
        Of(InvocationEnd.Died(Exit(code, signal, null, 0, 7), onThread: true, wasAlone: false)).Code.ShouldBe(Codes.MemoryLimit);

    [Fact]
    public void A_neighbour_of_an_abort_is_run_again_and_only_once()
    {
        var end = InvocationEnd.Died(Exit(134, null, KillReason.PipeClosed, 0, 7), onThread: false, wasAlone: false);
        Of(end).RunAgain.ShouldBeTrue();
        Of(end, again: true).Code.ShouldBe(Codes.WorkerLost);
    }

    [Fact]
    public void A_worker_killed_for_anothers_deadline_runs_its_neighbours_again() =>
        Of(InvocationEnd.Died(Exit(137, null, KillReason.Deadline, 0, 7), onThread: false, wasAlone: false)).RunAgain.ShouldBeTrue();

    [Fact]
    public void An_abort_after_a_kill_of_ours_is_no_memory_limit() =>
        Of(InvocationEnd.Died(Exit(134, null, KillReason.Protocol, 0, 7), onThread: true, wasAlone: true)).RunAgain.ShouldBeTrue();

    [Fact]
    public void A_cancelled_execution_has_no_code()
    {
        var outcome = Of(InvocationEnd.Answered(Result(InvocationOutcome.Ended)), EndReason.Cancelled);
        outcome.Status.ShouldBe(ExecutionStatus.Cancelled);
        outcome.Code.ShouldBeNull();
    }

    [Fact]
    public void An_execution_that_fell_with_its_parents_worker_is_lost_and_one_that_outlived_its_parent_is_cancelled()
    {
        Of(InvocationEnd.Died(Exit(137, 9, null, 0, 7), onThread: false, wasAlone: false), EndReason.ParentGone, changed: true).Code.ShouldBe(Codes.WorkerLost);
        Of(InvocationEnd.Died(Exit(137, 9, KillReason.Cancelled, 0, 7), onThread: false, wasAlone: false), EndReason.ParentGone, changed: true).Status.ShouldBe(ExecutionStatus.Cancelled);
        Of(InvocationEnd.Answered(Result(InvocationOutcome.Ended)), EndReason.ParentGone, changed: true).Status.ShouldBe(ExecutionStatus.Cancelled);
    }

    [Fact]
    public void An_output_that_is_no_json_is_refused_whatever_the_worker_says() =>
        Of(InvocationEnd.Answered(Result(InvocationOutcome.Completed, """{"a":1}, "b":2"""))).Code.ShouldBe(Codes.InvalidOutput);

    [Fact]
    public void An_output_over_the_limit_is_refused_whatever_the_worker_says() =>
        Of(InvocationEnd.Answered(Result(InvocationOutcome.Completed, "\"" + new string('é', (1024 * 1024 / 2) + 1) + "\""))).Code.ShouldBe(Codes.OutputTooLarge);

    [Fact]
    public void A_code_that_a_script_claims_counts_only_if_an_sdk_call_can_have_it()
    {
        Of(InvocationEnd.Answered(Result(InvocationOutcome.Threw, error: new("\"Error\"", "\"m\"", 1, 2, null, "INVALID_ARGUMENT", true)))).Code.ShouldBe(Codes.InvalidArgument);
        Of(InvocationEnd.Answered(Result(InvocationOutcome.Threw, error: new("\"Error\"", "\"m\"", 1, 2, null, "UNAUTHORIZED", true)))).Code.ShouldBe(Codes.ScriptError);
    }

    [Fact]
    public void Every_outcome_a_worker_can_name_and_every_number_beyond_has_an_answer()
    {
        for (var i = -1; i < 20; i++)
        {
            var outcome = Of(InvocationEnd.Answered(Result((InvocationOutcome)i, "1", new("\"Error\"", "\"m\"", -1, int.MinValue, null, null, true))), again: true);
            outcome.RunAgain.ShouldBeFalse();
            if (outcome.Status != ExecutionStatus.Completed) outcome.Code.ShouldNotBeNull();
            outcome.Error?.Line.ShouldBeNull();
        }
    }
}
