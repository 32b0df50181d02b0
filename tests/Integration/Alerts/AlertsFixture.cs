using Sandbox.Tests.Integration.Egress;
using Sandbox.Tests.Integration.Product;
using Xunit;

namespace Sandbox.Tests.Integration.Alerts;

/// <summary>The product in a network of its own, its alerts looked at often.</summary>
public sealed class AlertsFixture : IAsyncLifetime
{
    internal LoopbackNetwork Network { get; private set; } = null!;

    internal RunningProduct Product { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Network = LoopbackNetwork.Create();
        Product = await RunningProduct.StartAsync(Network, "--Sandbox:Alerts:RoundMs=200");
    }

    public async ValueTask DisposeAsync()
    {
        await Product.DisposeAsync();
        Network.Dispose();
    }
}
