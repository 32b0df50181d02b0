using System.Text.Json.Nodes;
using Sandbox.Tests.Integration.Http;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Broker;

/// <summary>Scripts that ask for too much, beside one that does not.</summary>
public sealed class CarelessTests(SharedProductFixture fixture) : IClassFixture<SharedProductFixture>
{
    private const int Patience = 120_000;

    [Theory(Timeout = Patience)]
    [InlineData("await sdk.cache.set('k', 'x'.repeat(100 << 20));", "MEMORY_LIMIT")]
    [InlineData("await sdk.cache.set('k', 'x'.repeat(15 << 20));", "INVALID_ARGUMENT")]
    [InlineData("await Promise.all(Array.from({length: 100000}, () => sdk.cache.get('k')));", "CALL_LIMIT")]
    [InlineData("for (;;) await sdk.cache.get('k');", "CALL_LIMIT")]
    [InlineData("const all = []; for (let i = 0; i < 900; i++) all.push(sdk.cache.set('k', 'x'.repeat(500000))); await Promise.all(all);", "MEMORY_LIMIT")]
    [InlineData("for (;;) sdk.cache.get('k');", "TIMEOUT", 3_000)]
    public async Task It_is_told_in_that_execution_and_the_neighbour_is_served(string source, string code, int timeoutMs = 10_000)
    {
        var tenant = await SdkTenant.NewAsync(fixture.Product);
        var neighbour = await tenant.ScriptAsync("return await sdk.cache.increment('n');");
        var careless = tenant.RunAsync(source, limits: new JsonObject { ["timeout_ms"] = timeoutMs });

        for (var i = 1; i <= 20; i++) (await tenant.InvokeAsync(neighbour)).ShouldBe($"{i}");

        (await careless).GetProperty("code").GetString().ShouldBe(code);
        (await tenant.InvokeAsync(neighbour)).ShouldBe("21");
    }
}
