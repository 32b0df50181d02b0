using Sandbox.Tests.Integration.Product;
using Xunit;

namespace Sandbox.Tests.Integration.Egress;

/// <summary>The product in a network of its own, which has loopback alone.</summary>
public sealed class NetworkFixture : IAsyncLifetime
{
    internal LoopbackNetwork Network { get; private set; } = null!;

    internal RunningProduct Product { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Network = LoopbackNetwork.Create();
        Product = await RunningProduct.StartAsync(Network);
    }

    public async ValueTask DisposeAsync()
    {
        await Product.DisposeAsync();
        Network.Dispose();
    }
}
