using System.Text.Json.Nodes;
using Sandbox.Tests.Integration.Http;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Broker;

/// <summary><c>sdk.cache</c> through the whole product.</summary>
public sealed class CacheTests(SharedProductFixture fixture) : IClassFixture<SharedProductFixture>
{
    private const int Minute = 60_000;

    [Fact(Timeout = Minute)]
    public async Task A_value_outlives_its_execution()
    {
        var tenant = await SdkTenant.NewAsync(fixture.Product);
        var script = await tenant.ScriptAsync("return await sdk.cache[context.input[0]](...context.input.slice(1));");

        (await tenant.InvokeAsync(script, new JsonArray("set", "k", new JsonObject { ["text"] = "\U0001F600", ["n"] = 1.5 }))).ShouldBe("null");
        (await tenant.InvokeAsync(script, new JsonArray("get", "k"))).ShouldBe("""{"text":"😀","n":1.5}""");
        (await tenant.InvokeAsync(script, new JsonArray("exists", "k"))).ShouldBe("true");
        (await tenant.InvokeAsync(script, new JsonArray("delete", "k"))).ShouldBe("true");
        (await tenant.InvokeAsync(script, new JsonArray("delete", "k"))).ShouldBe("false");
        (await tenant.InvokeAsync(script, new JsonArray("get", "k"))).ShouldBe("null");
        (await tenant.InvokeAsync(script, new JsonArray("expire", "k", 5))).ShouldBe("false");
    }

    [Fact(Timeout = Minute)]
    public async Task Every_string_that_JavaScript_has_comes_back_as_it_was()
    {
        var tenant = await SdkTenant.NewAsync(fixture.Product);

        (await tenant.OutputAsync(
            """
            await sdk.cache.set('k', ['\ud800', '\u0000', '__proto__', JSON.parse('{"__proto__": 1}')]);
            const [a, b, c, d] = await sdk.cache.get('k');
            return [a === '\ud800', b === '\u0000', c, Object.keys(d)];
            """)).ShouldBe("""[true,true,"__proto__",["__proto__"]]""");
    }

    [Fact(Timeout = Minute)]
    public async Task Increments_of_many_at_once_are_all_counted()
    {
        var tenant = await SdkTenant.NewAsync(fixture.Product);
        var script = await tenant.ScriptAsync("await Promise.all(Array.from({length: context.input}, () => sdk.cache.increment('n'))); return await sdk.cache.increment('n', 0);");

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => tenant.InvokeAsync(script, 100)));

        (await tenant.InvokeAsync(script, 0)).ShouldBe("500");
    }

    [Fact(Timeout = Minute)]
    public async Task A_key_is_the_scripts_own_but_for_the_tenants_scope()
    {
        var tenant = await SdkTenant.NewAsync(fixture.Product);
        var other = await SdkTenant.NewAsync(fixture.Product);
        await tenant.OutputAsync("await sdk.cache.set('k', 1); await sdk.cache.set('k', 2, {scope: 'tenant'}); await sdk.cache.increment('n', 3, {scope: 'tenant'});");
        const string read = "return [await sdk.cache.get('k'), await sdk.cache.get('k', {scope: 'tenant'}), await sdk.cache.increment('n', {scope: 'tenant'})];";

        (await tenant.OutputAsync(read)).ShouldBe("[null,2,4]");
        (await other.OutputAsync(read)).ShouldBe("[null,null,1]");
    }

    [Fact(Timeout = Minute)]
    public async Task A_value_is_gone_when_its_time_is_over()
    {
        var tenant = await SdkTenant.NewAsync(fixture.Product);

        (await tenant.OutputAsync(
            """
            await sdk.cache.set('k', 1, 1);
            const before = await sdk.cache.get('k');
            while (await sdk.cache.exists('k')) await new Promise(r => setTimeout(r, 50));
            return [before, await sdk.cache.get('k'), await sdk.cache.increment('k')];
            """)).ShouldBe("[1,null,1]");
    }

    [Theory(Timeout = Minute)]
    [InlineData("sdk.cache.get()", "INVALID_ARGUMENT", "key")]
    [InlineData("sdk.cache.get('')", "INVALID_ARGUMENT", "key")]
    [InlineData("sdk.cache.get('x'.repeat(513))", "INVALID_ARGUMENT", "512")]
    [InlineData("sdk.cache.get('a\\u0000')", "INVALID_ARGUMENT", "NUL")]
    [InlineData("sdk.cache.get('a', {scope: 'all'})", "INVALID_ARGUMENT", "scope")]
    [InlineData("sdk.cache.get('a', {tenant: 'acme'})", "INVALID_ARGUMENT", "scope")]
    [InlineData("sdk.cache.set('a', 1, 0)", "INVALID_ARGUMENT", "ttlSeconds")]
    [InlineData("sdk.cache.set('a', 1, 1.5)", "INVALID_ARGUMENT", "ttlSeconds")]
    [InlineData("sdk.cache.set('a', 'x'.repeat(1100000))", "INVALID_ARGUMENT", "1048576")]
    [InlineData("sdk.cache.expire('a')", "INVALID_ARGUMENT", "ttlSeconds")]
    [InlineData("sdk.cache.set('a', 'x').then(() => sdk.cache.increment('a'))", "CONFLICT", "no number")]
    public async Task A_wrong_argument_fails_the_execution_with_its_code(string call, string code, string names)
    {
        var tenant = await fixture.Tenant;

        var execution = await tenant.RunAsync($"\nawait {call};");

        execution.GetProperty("status").GetString().ShouldBe("failed");
        execution.GetProperty("code").GetString().ShouldBe(code);
        execution.GetProperty("error").GetProperty("message").GetString()!.ShouldContain(names);
        execution.GetProperty("error").GetProperty("line").GetInt32().ShouldBe(2);
        execution.GetProperty("calls").GetInt32().ShouldBe(code == "CONFLICT" ? 2 : 1);
    }
}
