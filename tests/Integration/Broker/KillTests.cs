using System.Diagnostics;
using System.Text.Json;
using Sandbox.Tests.Integration.Http;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Broker;

/// <summary>A worker that is killed from outside while its script is in the middle of something.</summary>
public sealed class KillTests(ProductFixture fixture) : IClassFixture<ProductFixture>
{
    private const int Patience = 120_000;

    private RunningProduct Product => fixture.Product;

    [Fact(Timeout = Patience)]
    public async Task In_the_middle_of_a_transaction_it_is_rolled_back_and_its_connections_serve_again()
    {
        var tenant = SdkTenant.OfDemo(Product, "globex");
        var script = await tenant.ScriptAsync(
            """
            await sdk.db.transaction(async (tx) => {
              await tx.insert('clients', {name: 'K', email: `${context.executionId}@kill.test`});
              await sdk.cache.increment('inside', {scope: 'tenant'});
              await new Promise(() => {});
            });
            """);
        var running = Enumerable.Range(0, 5).Select(_ => tenant.Rest.InvokeAsync(script)).ToArray();
        await UntilAsync(async () => await tenant.OutputAsync("return await sdk.cache.get('inside', {scope: 'tenant'});") == "5");

        await KillWorkersAsync();

        foreach (var execution in await Task.WhenAll(running)) execution.GetProperty("code").GetString().ShouldBe("WORKER_LOST", execution.ToString());
        // More transactions than connections, had one been lost; the rows would be locked, had one gone on.
        (await tenant.OutputAsync(
            """
            for (let i = 0; i < 30; i++) await sdk.db.transaction(async (tx) => tx.insert('clients', {name: 'K', email: `${i}@kill.test`}));
            return [await sdk.db.count('clients', {where: {email: {like: '%@kill.test'}}}), await sdk.db.delete('clients', {email: {like: '%@kill.test'}})];
            """)).ShouldBe("[30,30]");
    }

    [Fact(Timeout = Patience)]
    public async Task In_the_middle_of_a_nested_call_both_end_and_nothing_runs_on()
    {
        var tenant = await SdkTenant.NewAsync(Product);
        var child = await tenant.ScriptAsync("await sdk.cache.set('inside', 1, {scope: 'tenant'}); await new Promise(() => {});");
        var parent = await tenant.ScriptAsync($"return await sdk.scripts.invoke('{child}');");
        var running = tenant.Rest.InvokeAsync(parent);
        await UntilAsync(async () => await tenant.OutputAsync("return await sdk.cache.get('inside', {scope: 'tenant'});") == "1");

        await KillWorkersAsync();

        (await running).GetProperty("code").GetString().ShouldBe("WORKER_LOST");
        var below = (await tenant.Rest.GetAsync($"/executions?script={child}")).GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        below.GetProperty("code").GetString().ShouldBe("WORKER_LOST", below.ToString());
        (await tenant.Rest.GetAsync("/executions?status=running")).GetProperty("items").GetArrayLength().ShouldBe(0);
        (await tenant.OutputAsync($"return 1;")).ShouldBe("1");
    }

    /// <summary>All of them with one command, so that no spare dies after something was placed on it.</summary>
    private async Task KillWorkersAsync()
    {
        var workers = Product.Workers();
        workers.ShouldNotBeEmpty();
        using var kill = Process.Start("kill", ["-KILL", .. workers.Select(worker => worker.Id.ToString(System.Globalization.CultureInfo.InvariantCulture))]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        while (!await isSo()) await Task.Delay(50, TestContext.Current.CancellationToken);
    }
}
