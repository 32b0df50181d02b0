using System.Text.Json;
using Npgsql;
using Sandbox.Tests.Integration.Database;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Events;

/// <summary><c>sandbox.publish_event</c> within a transaction of the host application.</summary>
public sealed class SqlPublishTests(PostgresServer server) : IAsyncLifetime
{
    private const int Patience = 180_000;
    private TestDatabase _database = null!;
    private RunningProduct _product = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await server.NewDatabaseAsync(migrated: false);
        _product = await RunningProduct.StartAsync($"\"--Sandbox:Database:ConnectionString={_database.Superuser}\"");
    }

    public async ValueTask DisposeAsync()
    {
        await _product.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact(Timeout = Patience)]
    public async Task An_event_runs_its_script_if_and_only_if_the_transaction_commits()
    {
        var tenant = await _product.CreateTenantAsync("outbox");
        await tenant.ListenAsync(
            "heard", "order.*", "return [context.trigger.eventId, context.trigger.eventSource, context.trigger.eventPayload]");
        await using var host = await _database.AsSuperuserAsync();
        await host.ExecAsync("""
            create role host_app nologin;
            grant usage on schema sandbox to host_app;
            grant execute on function sandbox.publish_event(text, text, json, text, text) to host_app;
            set role host_app
            """);
        await using (var lost = await host.BeginTransactionAsync(Stop))
        {
            await host.ExecAsync("""select sandbox.publish_event('outbox', 'order.paid', '{"n":1}', '/host', 'lost')""");
            await lost.RollbackAsync(Stop);
        }

        await using (var kept = await host.BeginTransactionAsync(Stop))
        {
            (await host.ScalarAsync<string>("""select sandbox.publish_event('outbox', 'order.paid', '{"n":2.50}', '/host', 'kept')""")).ShouldBe("kept");
            (await host.ScalarAsync<string>("""select sandbox.publish_event('outbox', 'order.paid', '{"n":3}', '/host', 'kept')""")).ShouldBe("kept");
            await kept.CommitAsync(Stop);
        }

        var id = await host.ScalarAsync<string>("select sandbox.publish_event('outbox', 'order.sent', null)");

        Guid.Parse(id).Version.ShouldBe(7);
        var outputs = (await tenant.UntilRanAsync("heard", 2)).Select(ran => ran.GetProperty("output").GetRawText()).ToArray();
        outputs.ShouldBe(["""["kept","/host",{"n":2.5}]""", $"""["{id}","/sql",null]"""], ignoreOrder: true);
    }

    [Fact(Timeout = Patience)]
    public async Task Nobody_may_call_it_until_it_is_granted_and_what_is_wrong_is_said()
    {
        var tenant = await _product.CreateTenantAsync("strict");
        await using var host = await _database.AsSuperuserAsync();
        await host.ExecAsync("create role stranger nologin; grant usage on schema sandbox to stranger; set role stranger");
        (await RefusalAsync(host, "'strict', 'order.paid', '1'")).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);

        await host.ExecAsync("reset role");
        foreach (var (arguments, reason) in new[]
        {
            ("'nobody', 'order.paid', '1'", "no tenant 'nobody'"),
            ("null, 'order.paid', '1'", "no tenant"),
            ("'strict', 'order paid', '1'", "type must"),
            ("'strict', null, '1'", "type must"),
            ("'strict', repeat('x', 201), '1'", "type must"),
            ("'strict', 'order.paid', to_json(repeat('x', 1048576))", "at most 1048576"),
            ("'strict', 'order.paid', '1', ''", "source must"),
            ("'strict', 'order.paid', '1', '/s', ''", "id must"),
            ("'strict', 'order.paid', '1', '/s', repeat('x', 501)", "id must"),
        })
        {
            (await RefusalAsync(host, arguments)).MessageText.ShouldContain(reason);
        }

        (await tenant.GetAsync("/events")).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    private static Task<PostgresException> RefusalAsync(NpgsqlConnection host, string arguments) =>
        Should.ThrowAsync<PostgresException>(() => host.ExecAsync($"select sandbox.publish_event({arguments})"));
}
