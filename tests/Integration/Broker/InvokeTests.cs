using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Tests.Integration.Http;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Broker;

/// <summary><c>sdk.scripts.invoke</c> through the whole product.</summary>
public sealed class InvokeTests(SharedProductFixture fixture) : IClassFixture<SharedProductFixture>
{
    private const int Minute = 60_000;
    private const string AnyScript = """{"scripts":["*"]}""";

    [Fact(Timeout = Minute)]
    public async Task A_script_gets_the_output_of_another_which_is_an_execution_of_its_own()
    {
        var tenant = await SdkTenant.NewAsync(fixture.Product);
        var price = await tenant.ScriptAsync("console.log('pricing'); return {price: context.input.amount * 2, attempt: context.attempt};");

        var parent = await tenant.RunAsync($"return await sdk.scripts.invoke('{price}', {{amount: 21}});");

        SdkTenant.Output(parent).ShouldBe("""{"price":42,"attempt":1}""");
        var listed = await tenant.Rest.GetAsync($"/executions?script={price}");
        var child = listed.GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        child.GetProperty("status").GetString().ShouldBe("completed");
        child.GetProperty("cause").GetProperty("kind").GetString().ShouldBe("execution");
        child.GetProperty("cause").GetProperty("id").GetString().ShouldBe(parent.GetProperty("id").GetString());
    }

    [Fact(Timeout = Minute)]
    public async Task A_failure_below_rejects_with_its_code_and_message()
    {
        var tenant = await SdkTenant.NewAsync(fixture.Product);
        var broken = await tenant.ScriptAsync("throw new Error('no price');");

        var caught = await tenant.OutputAsync($"try {{ await sdk.scripts.invoke('{broken}'); }} catch (e) {{ return [e.code, e.message.includes('no price')]; }}");
        var slow = await tenant.ScriptAsync("await new Promise(r => setTimeout(r, 60000));");
        var parent = await tenant.RunAsync($"await sdk.scripts.invoke('{slow}');", limits: new JsonObject { ["timeout_ms"] = 1000 });

        caught.ShouldBe("""["SCRIPT_ERROR",true]""");
        parent.GetProperty("status").GetString().ShouldBe("timeout");
        var child = await EventuallyAsync(async () => (await tenant.Rest.GetAsync($"/executions?script={slow}")).GetProperty("items").EnumerateArray().FirstOrDefault(item => item.GetProperty("status").GetString() is not "running"));
        child.GetProperty("status").GetString().ShouldBe("timeout");
    }

    [Fact(Timeout = Minute)]
    public async Task A_chain_deeper_than_five_is_refused_and_a_full_script_refuses_at_once()
    {
        var tenant = await SdkTenant.NewAsync(fixture.Product);
        var name = await tenant.ScriptAsync("return context.input === 0 ? 'bottom' : await sdk.scripts.invoke(context.scriptName, context.input - 1);", new JsonObject { ["concurrency"] = 20 }, AnyScript);

        (await tenant.InvokeAsync(name, 4)).ShouldBe("\"bottom\"");
        var six = await tenant.Rest.InvokeAsync(name, 6);
        six.GetProperty("code").GetString().ShouldBe("CHAIN_LIMIT");

        var single = await tenant.ScriptAsync("return context.input === 0 ? 1 : await sdk.scripts.invoke(context.scriptName, 0);", new JsonObject { ["concurrency"] = 1 }, AnyScript);
        (await tenant.Rest.InvokeAsync(single, 1)).GetProperty("code").GetString().ShouldBe("CONCURRENCY_LIMIT");
    }

    [Theory(Timeout = Minute)]
    [InlineData("'nowhere-to-be-found'", "NOT_FOUND")]
    [InlineData("5", "INVALID_ARGUMENT")]
    [InlineData("'an-endpoint'", "NOT_ALLOWED")]
    [InlineData("'off'", "NOT_ALLOWED")]
    public async Task What_cannot_be_called_is_refused(string name, string code)
    {
        var tenant = await SdkTenant.NewAsync(fixture.Product);
        await tenant.Rest.CreateEndpointAsync("an-endpoint", "/x", "return 1;");
        await tenant.Rest.CreateScriptAsync("off", "embedded", "return 1;");
        (await tenant.Rest.SendAsync(HttpMethod.Post, "/scripts/off/disable", new JsonObject { ["reason"] = "rest" })).Dispose();

        (await tenant.RunAsync($"await sdk.scripts.invoke({name});")).GetProperty("code").GetString().ShouldBe(code);
    }

    [Fact(Timeout = Minute)]
    public async Task Ten_parents_of_a_tenant_that_may_run_ten_call_their_children_all_the_same()
    {
        var tenant = await SdkTenant.NewAsync(fixture.Product);
        var child = await tenant.ScriptAsync("await new Promise(r => setTimeout(r, 20)); return 1;", new JsonObject { ["concurrency"] = 100 });
        var parent = await tenant.ScriptAsync($"const all = await Promise.all([1, 2, 3].map(() => sdk.scripts.invoke('{child}'))); return all.length;", new JsonObject { ["concurrency"] = 10 });

        (await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => tenant.InvokeAsync(parent)))).ShouldAllBe(output => output == "3");
    }

    private static async Task<JsonElement> EventuallyAsync(Func<Task<JsonElement>> read)
    {
        while (true)
        {
            var found = await read();
            if (found.ValueKind != JsonValueKind.Undefined) return found;
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }
}
