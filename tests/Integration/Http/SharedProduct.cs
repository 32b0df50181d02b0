using Sandbox.Tests.Integration.Product;
using Xunit;

[assembly: AssemblyFixture(typeof(Sandbox.Tests.Integration.Http.SharedProduct))]

namespace Sandbox.Tests.Integration.Http;

/// <summary>One running product for all classes that work in tenants of their own, started by the first.</summary>
public sealed class SharedProduct : IAsyncDisposable
{
    // A worker serves one tenant, and nearly every test makes one: idle workers end soon, so that they do not fill the pool and the machine.
    private readonly Lazy<Task<RunningProduct>> _product = new(() => RunningProduct.StartAsync("--Sandbox:Workers:IdleAfter=00:00:20"));

    internal Task<RunningProduct> Product => _product.Value;

    public async ValueTask DisposeAsync()
    {
        if (_product.IsValueCreated) await (await _product.Value).DisposeAsync();
    }
}
