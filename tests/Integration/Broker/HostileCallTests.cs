using System.Globalization;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Broker;

/// <summary>The product over workers that call the broker as none of ours does.</summary>
public sealed class HostileCallTests(HostileCallers callers) : IClassFixture<HostileCallers>
{
    private const int Patience = 300_000;

    [Fact(Timeout = Patience)]
    public async Task A_hundred_thousand_hostile_calls_are_each_refused_and_leave_nothing_behind()
    {
        // A product of its own: memory that another test made it take would hide what this one adds.
        await using var alone = new HostileCallers();
        await alone.InitializeAsync();
        var tenant = await alone.NewTenantAsync();
        (await tenant.InvokeAsync("asked", "calls-refused-first", 300_000)).GetProperty("status").GetString().ShouldBe("completed");
        var before = ResidentBytes(alone.Product.ProcessId);

        var execution = await tenant.InvokeAsync("asked", "calls-refused", 300_000);

        execution.GetProperty("output").GetRawText().ShouldBe("100000", execution.ToString());
        execution.GetProperty("calls").GetInt32().ShouldBe(100_000);
        // Their arguments alone are some 300 MB.
        (ResidentBytes(alone.Product.ProcessId) - before).ShouldBeLessThan(150L << 20);
    }

    [Theory(Timeout = Patience)]
    [InlineData("calls-of-others")]
    [InlineData("calls-at-once")]
    [InlineData("calls-huge")]
    [InlineData("calls-null")]
    [InlineData("calls-deaf")]
    public async Task A_worker_that_calls_as_none_of_ours_would_is_killed_and_the_next_serves(string word)
    {
        var tenant = await callers.NewTenantAsync();

        var execution = await tenant.InvokeAsync("asked", word);
        var next = await tenant.InvokeAsync("asked", "polite");

        execution.GetProperty("code").GetString().ShouldBe("WORKER_LOST", execution.ToString());
        next.GetProperty("status").GetString().ShouldBe("completed", next.ToString());
    }

    private static long ResidentBytes(int processId) => File.ReadLines($"/proc/{processId}/status")
        .Where(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
        .Select(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024).Single();
}
