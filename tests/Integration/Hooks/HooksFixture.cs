using Sandbox.Tests.Integration.Product;
using Xunit;

namespace Sandbox.Tests.Integration.Hooks;

/// <summary>A product with hook points. None but <c>quick</c> has a deadline that a busy machine can miss.</summary>
public sealed class HooksFixture : IAsyncLifetime
{
    private RunningProduct? _product;

    internal RunningProduct Product => _product ?? throw new InvalidOperationException("Not started.");

    public async ValueTask InitializeAsync() => _product = await RunningProduct.StartAsync(
        Setting("open", "DeadlineMs", "30000"),
        Setting("open", "Default", """{"price":0}"""),
        Setting("open", "Description", "prices"),
        Setting("closed", "DeadlineMs", "30000"),
        Setting("closed", "Fail", "closed"),
        Setting("quick", "DeadlineMs", "300"),
        Setting("quick", "Fail", "closed"),
        Setting("checked", "DeadlineMs", "30000"),
        Setting("checked", "Default", "-1"),
        Setting("checked", "InputSchema", """{"required":["n"],"properties":{"n":{"type":"integer"},"word":{"pattern":"^(a+)+$"}}}"""),
        Setting("checked", "OutputSchema", """{"type":"integer","minimum":0}"""));

    public async ValueTask DisposeAsync()
    {
        if (_product is not null) await _product.DisposeAsync();
    }

    private static string Setting(string hook, string key, string value) =>
        $"\"--Sandbox:Hooks:{hook}:{key}={value.Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
