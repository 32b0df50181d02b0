using Sandbox.Protocol.Rpc;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Workers;

/// <summary>A worker that says more than a worker of ours can is killed after a bounded part of it was read.</summary>
public sealed class FloodTests
{
    [Theory(Timeout = 60_000)]
    [InlineData("log-lines", 5_000)]
    [InlineData("huge-lines", 1_000)]
    [InlineData("stray-lines", 0)]
    [InlineData("shout", 0)]
    public async Task A_flood_ends_with_the_kill_of_its_worker_and_a_neighbour_is_served(string flood, int linesMax)
    {
        await using var pool = await HostilePool.StartAsync("as-asked");
        using var lease = await pool.LeaseAsync();
        using var neighbour = await pool.LeaseAsync();
        var groups = new ProcessFacts(lease.Worker.ProcessId, 0, "", "").ControlGroups();
        var sink = new CountingSink();

        var running = lease.Worker.ExecuteAsync(HostilePool.Request(1, flood), sink);
        (await neighbour.Worker.ExecuteAsync(HostilePool.Request(2, "polite"), new CountingSink())).Result!.Outcome.ShouldBe(InvocationOutcome.Completed);
        var end = await running;

        end.Result.ShouldBeNull();
        sink.Lines.ShouldBeLessThanOrEqualTo(linesMax);
        ProcessFacts.IsAlive(lease.Worker.ProcessId).ShouldBeFalse();
        while (groups.Any(Directory.Exists)) await Task.Delay(20, TestContext.Current.CancellationToken);
        (await neighbour.Worker.ExecuteAsync(HostilePool.Request(2, "polite"), new CountingSink())).Result!.Outcome.ShouldBe(InvocationOutcome.Completed);
    }
}
