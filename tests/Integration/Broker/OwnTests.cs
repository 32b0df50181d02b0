using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Tests.Integration.Http;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Broker;

/// <summary>What a script says of its own execution: <c>sdk.label</c>, <c>sdk.usage</c>, <c>sdk.checkpoint</c>.</summary>
public sealed class OwnTests(SharedProductFixture fixture) : IClassFixture<SharedProductFixture>
{
    private const int Minute = 60_000;

    [Fact(Timeout = Minute)]
    public async Task Labels_stand_on_the_execution_also_when_it_is_ended()
    {
        var tenant = await SdkTenant.NewAsync(fixture.Product);

        var completed = await tenant.RunAsync("sdk.label('order', 17n); sdk.label('order', 18); sdk.label('wi\\u0000erd', '\\ud800'); return 1;");
        var ended = await tenant.RunAsync("sdk.label('order', 'A-1'); await new Promise(() => {});", limits: new JsonObject { ["timeout_ms"] = 1000 });
        var looped = await tenant.RunAsync("for (let i = 0; i < 300000; i++) sdk.label('i', i); return 1;");

        completed.GetProperty("labels").GetProperty("order").GetString().ShouldBe("18");
        completed.GetProperty("labels").EnumerateObject().Count().ShouldBe(2);
        ended.GetProperty("status").GetString().ShouldBe("timeout");
        ended.GetProperty("labels").GetProperty("order").GetString().ShouldBe("A-1");
        looped.GetProperty("labels").GetProperty("i").GetString().ShouldBe("299999");
    }

    [Theory(Timeout = Minute)]
    [InlineData("sdk.label('', 'x')")]
    [InlineData("sdk.label('x'.repeat(51), 'x')")]
    [InlineData("sdk.label('x', 'x'.repeat(201))")]
    [InlineData("sdk.label('x', {})")]
    [InlineData("sdk.label('x')")]
    [InlineData("for (let i = 0; i < 11; i++) sdk.label(`k${i}`, i)")]
    public async Task A_label_that_is_none_is_refused(string statement)
    {
        var tenant = await fixture.Tenant;

        (await tenant.RunAsync($"{statement};")).GetProperty("code").GetString().ShouldBe("INVALID_ARGUMENT");
    }

    [Fact(Timeout = Minute)]
    public async Task Usage_is_what_was_used_so_far()
    {
        var tenant = await SdkTenant.NewAsync(fixture.Product);

        var usage = JsonDocument.Parse(await tenant.OutputAsync(
            """
            console.log('ten bytes!');
            await sdk.cache.get('a');
            let x = 0;
            const until = Date.now() + 60;
            while (Date.now() < until) x++;
            return sdk.usage();
            """)).RootElement;

        usage.GetProperty("calls").GetInt32().ShouldBe(1);
        usage.GetProperty("rows").GetInt32().ShouldBe(0);
        usage.GetProperty("logBytes").GetInt32().ShouldBe(10);
        usage.GetProperty("durationMs").GetDouble().ShouldBeGreaterThan(59);
        usage.GetProperty("cpuMs").GetDouble().ShouldBeInRange(1, usage.GetProperty("durationMs").GetDouble());
        usage.GetProperty("memoryBytes").GetInt64().ShouldBeInRange(100_000, 64 << 20);
    }

    [Fact(Timeout = Minute)]
    public async Task A_checkpoint_is_kept_up_to_64_KB()
    {
        var tenant = await SdkTenant.NewAsync(fixture.Product);

        (await tenant.OutputAsync("await sdk.checkpoint({page: 1, text: '\\ud800\\u0000'}); await sdk.checkpoint({page: 2}); return context.checkpoint;")).ShouldBe("null");
        (await tenant.RunAsync("await sdk.checkpoint('x'.repeat(65536));")).GetProperty("code").GetString().ShouldBe("INVALID_ARGUMENT");
    }
}
