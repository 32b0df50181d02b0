using System.Reflection;
using Npgsql;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.History;
using Sandbox.Supervisor.Usage;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Database;

/// <summary>The migration that brings call logs, labels, and usage to a database that has executions already.</summary>
public sealed class CallsMigrationTests(PostgresServer server)
{
    private const int Patience = 120_000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = Patience)]
    public async Task What_was_stored_before_is_read_after_and_old_days_take_calls_too()
    {
        await using var database = await server.NewDatabaseAsync();
        var tenant = await database.NewTenantAsync("demo");
        await using (var admin = await database.AsSuperuserAsync())
            await BackAsync(admin);
        var old = Sample.Now.AddDays(-10);
        var before = Sample.Completed(tenant) with { Id = Guid.CreateVersion7(old), CreatedAt = old };
        await InsertAsOnceAsync(database, before);

        await database.MigrateAsync();

        using var journal = new TempDirectory();
        await using var rig = new HistoryRig(database.Db, journal.Path);
        (await rig.Executions.GetAsync(tenant, before.Id, Stop)).ShouldNotBeNull();
        (await rig.Executions.CallsAsync(tenant, before.Id, new PageRequest(), Stop)).ShouldNotBeNull().Items.ShouldBeEmpty();
        (await new UsageStore(database.Db).ListAsync(tenant, new UsageFilter(), new PageRequest(), Stop)).Items.ShouldBeEmpty();
        foreach (var at in new[] { Sample.Now, old })
        {
            var labels = new Dictionary<string, string>(StringComparer.Ordinal) { ["order"] = "7" };
            var after = Sample.Completed(tenant) with { Id = Guid.CreateVersion7(at), CreatedAt = at, Labels = labels };
            (await rig.Delivery.StoreAsync([Sample.Record(after) with { Calls = [Sample.Call()] }], Stop)).ShouldBeEmpty();
            (await rig.Executions.CallsAsync(tenant, after.Id, new PageRequest(), Stop)).ShouldNotBeNull().Items.ShouldHaveSingleItem();
        }

        await using var system = await database.AsAsync(DatabaseRoles.System);
        // The day ten days ago, of all five tables.
        (await system.ScalarAsync<int>($"select sandbox.drop_partitions('{old.AddDays(1):yyyy-MM-dd}')")).ShouldBe(5);
    }

    /// <summary>The schema as it was before the migration: what it made is removed, what it replaced is made as it was.</summary>
    private static async Task BackAsync(NpgsqlConnection admin)
    {
        await using var stream = Assembly.GetAssembly(typeof(Migrator))!
            .GetManifestResourceStream("Sandbox.Supervisor.Database.Migrations.0004_partitions.sql").ShouldNotBeNull();
        using var reader = new StreamReader(stream);
        var functions = await reader.ReadToEndAsync(Stop);
        await admin.ExecAsync("drop table sandbox.execution_calls, sandbox.execution_labels, sandbox.usage");
        await admin.ExecAsync(functions.Replace("create function", "create or replace function", StringComparison.Ordinal));
        (await admin.ExecAsync("delete from sandbox.migrations where scriptname like '%0034_calls.sql'")).ShouldBe(1);
    }

    private static async Task InsertAsOnceAsync(TestDatabase database, Execution e)
    {
        await using var system = await database.AsAsync(DatabaseRoles.System);
        await system.ExecAsync($"select sandbox.make_partitions('{e.CreatedAt:yyyy-MM-dd}', 1)");
        await system.ExecAsync($"""
            insert into sandbox.executions (
                id, tenant_id, script_id, script_name, version_id, version, kind, status, trigger_type, attempt, cause_kind,
                created_at, started_at, finished_at, queue_ms, calls)
            values (
                '{e.Id}', '{e.TenantId}', '{e.ScriptId}', 's', '{e.ScriptId}', 1, 'embedded', 'completed', 'api', 1, 'token',
                '{e.CreatedAt:O}', '{e.CreatedAt:O}', '{e.CreatedAt:O}', 0, 2)
            """);
    }
}
