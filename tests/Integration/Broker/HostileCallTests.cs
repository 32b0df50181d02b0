using System.Globalization;
using System.Text.Json.Nodes;
using Sandbox.Tests.Integration.Product;
using Sandbox.Tests.Integration.Workers;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Broker;

/// <summary>The product over workers that call the broker as none of ours does.</summary>
public sealed class HostileCallTests
{
    private const int Patience = 300_000;

    [Fact(Timeout = Patience)]
    public async Task A_hundred_thousand_hostile_calls_are_each_refused_and_leave_nothing_behind()
    {
        await using var rig = await RigAsync();
        (await rig.Tenant.InvokeAsync("asked", "calls-refused-first", 300_000)).GetProperty("status").GetString().ShouldBe("completed");
        var before = ResidentBytes(rig.Product.ProcessId);

        var execution = await rig.Tenant.InvokeAsync("asked", "calls-refused", 300_000);

        execution.GetProperty("output").GetRawText().ShouldBe("100000", execution.ToString());
        execution.GetProperty("calls").GetInt32().ShouldBe(100_000);
        // Their arguments alone are some 300 MB.
        (ResidentBytes(rig.Product.ProcessId) - before).ShouldBeLessThan(150L << 20);
    }

    [Theory(Timeout = Patience)]
    [InlineData("calls-of-others")]
    [InlineData("calls-at-once")]
    [InlineData("calls-huge")]
    [InlineData("calls-null")]
    [InlineData("calls-deaf")]
    public async Task A_worker_that_calls_as_none_of_ours_would_is_killed_and_the_next_serves(string word)
    {
        await using var rig = await RigAsync();

        var execution = await rig.Tenant.InvokeAsync("asked", word);
        var next = await rig.Tenant.InvokeAsync("asked", "polite");

        execution.GetProperty("code").GetString().ShouldBe("WORKER_LOST", execution.ToString());
        next.GetProperty("status").GetString().ShouldBe("completed", next.ToString());
    }

    private static async Task<Rig> RigAsync()
    {
        var directory = Directory.CreateTempSubdirectory("sandbox-calls-").FullName;
        await HostilePool.CopyFakeWorkerAsync(Path.Combine(directory, "worker"), "as-asked");
        var product = await RunningProduct.StartAsync($"--Sandbox:Workers:WorkerDirectory={Path.Combine(directory, "worker")}");
        var tenant = await product.CreateTenantAsync("callers");
        await tenant.CreateScriptAsync("asked", "embedded", "return 1;", new JsonObject { ["calls"] = 100_000, ["timeout_ms"] = 300_000 });
        return new Rig(product, tenant, directory);
    }

    private static long ResidentBytes(int processId) => File.ReadLines($"/proc/{processId}/status")
        .Where(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
        .Select(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024).Single();

    private sealed record Rig(RunningProduct Product, RunningProduct.Tenant Tenant, string Directory) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Product.DisposeAsync();
            System.IO.Directory.Delete(Directory, recursive: true);
        }
    }
}
