using Sandbox.Protocol.Rpc;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Workers;

/// <summary>An answer of a valid type and an impossible content ends the worker that gave it, and no one else.</summary>
public sealed class MalformedAnswerTests
{
    [Theory(Timeout = 60_000)]
    [InlineData("null-answer")]
    [InlineData("null-message")]
    [InlineData("huge-message")]
    [InlineData("huge-name")]
    [InlineData("huge-stack")]
    [InlineData("huge-output")]
    [InlineData("unknown-outcome")]
    [InlineData("negative-cpu")]
    [InlineData("absurd-cpu")]
    [InlineData("negative-memory")]
    [InlineData("absurd-memory")]
    public async Task A_worker_that_gives_a_malformed_answer_is_killed_and_the_next_invocation_is_served(string answer)
    {
        await using var pool = await HostilePool.StartAsync("as-asked");
        using var lease = await pool.LeaseAsync();
        var groups = new ProcessFacts(lease.Worker.ProcessId, 0, "", "").ControlGroups();

        var end = await lease.Worker.ExecuteAsync(HostilePool.Request(1, answer), new CountingSink());

        end.Result.ShouldBeNull();
        end.Exit.ShouldNotBeNull();
        ProcessFacts.IsAlive(lease.Worker.ProcessId).ShouldBeFalse();
        while (groups.Any(Directory.Exists)) await Task.Delay(20, TestContext.Current.CancellationToken);
        using var next = await pool.LeaseAsync();
        (await next.Worker.ExecuteAsync(HostilePool.Request(2, "polite"), new CountingSink())).Result!.Outcome.ShouldBe(InvocationOutcome.Completed);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("null-check")]
    [InlineData("null-errors")]
    [InlineData("null-error")]
    [InlineData("null-message")]
    [InlineData("negative-line")]
    [InlineData("many-errors")]
    [InlineData("huge-schema-error")]
    public async Task A_worker_that_gives_a_malformed_source_check_is_killed(string answer)
    {
        await using var pool = await HostilePool.StartAsync("as-asked");
        using var lease = await pool.LeaseAsync();

        (await lease.Worker.CheckAsync(answer, null)).ShouldBeNull();

        await lease.Worker.Exited;
        ProcessFacts.IsAlive(lease.Worker.ProcessId).ShouldBeFalse();
        using var next = await pool.LeaseAsync();
        (await next.Worker.CheckAsync("return 1;", null)).ShouldNotBeNull();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_worker_whose_hello_lacks_a_part_is_no_spare()
    {
        await using var pool = await HostilePool.StartAsync("nameless-hello");
        while (!pool.State.CrashLoop) await Task.Delay(50, TestContext.Current.CancellationToken);
        pool.State.Alive.ShouldBe(0);
    }
}
