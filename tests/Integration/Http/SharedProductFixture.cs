using Sandbox.Tests.Integration.Product;
using Xunit;

namespace Sandbox.Tests.Integration.Http;

/// <summary>The shared product for a class. Its tests make tenants, and expect nothing of what is not in them.</summary>
public sealed class SharedProductFixture(SharedProduct shared) : IAsyncLifetime
{
    private RunningProduct? _product;

    internal RunningProduct Product => _product ?? throw new InvalidOperationException("Not started.");

    public async ValueTask InitializeAsync() => _product = await shared.Product;

    /// <summary>The product is that of other classes too.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
