using Sandbox.Tests.Integration.Product;
using Xunit;

namespace Sandbox.Tests.Integration.Http;

/// <summary>One running product for all tests of a class.</summary>
public sealed class ProductFixture : IAsyncLifetime
{
    internal const string ProxySecret = "a-secret-of-the-proxy";
    private RunningProduct? _product;

    internal RunningProduct Product => _product ?? throw new InvalidOperationException("Not started.");

    public async ValueTask InitializeAsync() =>
        _product = await RunningProduct.StartAsync("--Sandbox:Proxy:Addresses:0=127.0.0.1", $"--Sandbox:Proxy:Secret={ProxySecret}");

    public async ValueTask DisposeAsync()
    {
        if (_product is not null) await _product.DisposeAsync();
    }
}
