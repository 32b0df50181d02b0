using Sandbox.Tests.Integration.Broker;
using Sandbox.Tests.Integration.Product;
using Xunit;

namespace Sandbox.Tests.Integration.Http;

/// <summary>The shared product for a class. Its tests make tenants, and expect nothing of what is not in them.</summary>
public sealed class SharedProductFixture : IAsyncLifetime
{
    private readonly SharedProduct _shared;
    private readonly Lazy<Task<SdkTenant>> _tenant;
    private RunningProduct? _product;

    public SharedProductFixture(SharedProduct shared)
    {
        _shared = shared;
        _tenant = new(() => SdkTenant.NewAsync(Product));
    }

    internal RunningProduct Product => _product ?? throw new InvalidOperationException("Not started.");

    /// <summary>One tenant, and so one worker, for those tests of the class that leave nothing which another could meet.</summary>
    internal Task<SdkTenant> Tenant => _tenant.Value;

    public async ValueTask InitializeAsync() => _product = await _shared.Product;

    /// <summary>The product is that of other classes too.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
