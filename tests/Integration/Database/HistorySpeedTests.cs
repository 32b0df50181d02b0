using System.Diagnostics;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.History;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Database;

/// <summary>Prints what the journal and the writer take a second on this machine; asserts that all of it arrived.</summary>
public sealed class HistorySpeedTests(PostgresServer server, ITestOutputHelper output)
{
    private const int Executions = 40_000;

    [Fact(Timeout = 180_000)]
    public async Task Forty_thousand_executions_go_through_journal_and_database()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var directory = new TempDirectory();
        await using var database = await server.NewDatabaseAsync();
        var tenant = await database.NewTenantAsync("speed");
        var script = Guid.CreateVersion7();
        var records = Enumerable.Range(0, Executions).Select(_ => Sample.Record(Sample.Completed(tenant, script))).ToList();
        await using var rig = new HistoryRig(database.Db, directory.Path, new DatabaseOptions { BacklogRecords = 1_000_000 });

        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var watch = Stopwatch.StartNew();
        foreach (var record in records)
        {
            rig.Writer.Started(record.Execution, record.VersionId, record.Policy);
            await rig.Writer.FinishedAsync(record, cancel);
        }

        Print("journal, start and end", watch.Elapsed, Process.GetCurrentProcess().TotalProcessorTime - cpu);

        cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var postgres = await PostgresCpuAsync();
        watch.Restart();
        await rig.Writer.StartAsync(cancel);
        while (rig.Writer.Backlog > 0)
            await Task.Delay(5, cancel);
        Print("rows", watch.Elapsed, Process.GetCurrentProcess().TotalProcessorTime - cpu);
        output.WriteLine($"PostgreSQL: {(await PostgresCpuAsync() - postgres).TotalMicroseconds / Executions:f1} µs of CPU each");

        await using var system = await database.AsAsync(Roles.System);
        (await system.ScalarAsync<long>("select count(*) from sandbox.executions")).ShouldBe(Executions);
        rig.Journal.Left().Count.ShouldBe(1);
    }

    private void Print(string what, TimeSpan elapsed, TimeSpan cpu) =>
        output.WriteLine($"{what}: {Executions / elapsed.TotalSeconds:f0} executions/s, {cpu.TotalMicroseconds / Executions:f1} µs of our CPU each");

    private async Task<TimeSpan> PostgresCpuAsync()
    {
        var data = Path.Combine((await server.Postgres).ClusterDirectory, "data");
        return EmbeddedPostgresOrphan.ProcessesIn(data).Select(id =>
        {
            try
            {
                return Process.GetProcessById(id).TotalProcessorTime;
            }
            catch (ArgumentException)
            {
                return TimeSpan.Zero;
            }
        }).Aggregate(TimeSpan.Zero, (sum, one) => sum + one);
    }
}
