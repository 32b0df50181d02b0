using System.Text.Json.Nodes;
using Sandbox.Tests.Integration.Product;
using Sandbox.Tests.Integration.Workers;
using Xunit;

namespace Sandbox.Tests.Integration.Broker;

/// <summary>A running product whose workers call the broker as their input says.</summary>
public sealed class HostileCallers : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("sandbox-calls-").FullName;
    private RunningProduct? _product;
    private int _tenants;

    internal RunningProduct Product => _product ?? throw new InvalidOperationException("Not started.");

    public async ValueTask InitializeAsync()
    {
        var worker = Path.Combine(_directory, "worker");
        await HostilePool.CopyFakeWorkerAsync(worker, "as-asked");
        _product = await RunningProduct.StartAsync($"--Sandbox:Workers:WorkerDirectory={worker}");
    }

    /// <summary>A tenant, and so a worker, that no other test has used. Its script <c>asked</c> does what its input names.</summary>
    internal async Task<RunningProduct.Tenant> NewTenantAsync()
    {
        var tenant = await Product.CreateTenantAsync($"callers-{Interlocked.Increment(ref _tenants)}");
        await tenant.CreateScriptAsync("asked", "embedded", "return 1;", new JsonObject { ["calls"] = 100_000, ["timeout_ms"] = 300_000 });
        return tenant;
    }

    public async ValueTask DisposeAsync()
    {
        if (_product is not null) await _product.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
