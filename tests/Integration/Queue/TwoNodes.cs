using System.Net;
using System.Text.Json.Nodes;
using Npgsql;
using Sandbox.Tests.Integration.Database;
using Sandbox.Tests.Integration.Egress;
using Sandbox.Tests.Integration.Product;
using Xunit;

namespace Sandbox.Tests.Integration.Queue;

/// <summary>Two supervisors on one database. Each takes two durable executions at once: four that run are two on each.</summary>
public sealed class TwoNodes(PostgresServer server) : IAsyncLifetime
{
    /// <summary>More than one node has in hand.</summary>
    public const int FailuresInARow = 3;

    public const int InFlightMax = 2;
    private TestDatabase? _database;
    private RunningProduct? _first;
    private RunningProduct? _second;

    internal LoopbackNetwork Network { get; } = LoopbackNetwork.Create();

    internal RunningProduct First => _first ?? throw new InvalidOperationException("Not started.");

    internal RunningProduct Second => _second ?? throw new InvalidOperationException("Not started.");

    public async ValueTask InitializeAsync()
    {
        _database = await server.NewDatabaseAsync();
        string[] settings =
        [
            $"\"--Sandbox:Database:ConnectionString={_database.Superuser}\"",
            $"--Sandbox:Queue:InFlightMax={InFlightMax}",
            $"--Sandbox:Queue:FailuresInARow={FailuresInARow}",
            "--Sandbox:Alerts:RoundMs=200",
        ];
        _first = await RunningProduct.StartAsync(Network, settings);
        _second = await RunningProduct.StartAsync(
            Network,
            [.. settings, "--Sandbox:Demo:Enabled=false", $"--Sandbox:Secrets:KeyFile={Path.Combine(First.DataDirectory, "secrets.key")}"]);
    }

    public async ValueTask DisposeAsync()
    {
        if (_second is not null) await _second.DisposeAsync();
        if (_first is not null) await _first.DisposeAsync();
        if (_database is not null) await _database.DisposeAsync();
        Network.Dispose();
    }

    internal Task<NpgsqlConnection> AsSuperuserAsync() => _database!.AsSuperuserAsync();

    /// <summary>Enqueues executions of a script at both nodes in turn until each runs as many as it takes.</summary>
    internal async Task FillAsync(RunningProduct.Tenant tenant, string script)
    {
        for (var i = 0; i < 2 * InFlightMax; i++)
        {
            using var accepted = await (i % 2 == 0 ? First : Second).SendAsync(
                HttpMethod.Post, $"/api/v1/scripts/{script}/executions", First.Env["SANDBOX_ADMIN_TOKEN"], tenant.Slug, new JsonObject());
            await RunningProduct.ExpectAsync(accepted, HttpStatusCode.Accepted);
        }

        await using var database = await AsSuperuserAsync();
        while (await database.ScalarAsync<string>("""
            select coalesce(string_agg(n.count::text, ' '), '')
            from (select count(*) from sandbox.queue where node_id is not null and claimed_at is not null group by node_id) n
            """) != $"{InFlightMax} {InFlightMax}")
            await Task.Delay(50, TestContext.Current.CancellationToken);
    }
}
