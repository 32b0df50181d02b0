using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.Figures;
using Sandbox.Supervisor.History;
using Sandbox.Tests.Integration.Database;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Figures;

/// <summary>What executions did, by the hour: the same before and after an hour is folded, whatever comes late.</summary>
public sealed class HourFoldTests(PostgresServer server) : IAsyncLifetime
{
    private const int Patience = 120_000;
    private static readonly DateTimeOffset s_now = new(Sample.Now.UtcDateTime.Date.AddHours(12).AddMinutes(30), TimeSpan.Zero);
    private readonly TempDirectory _journal = new();
    private readonly Guid _script = Guid.CreateVersion7();
    private TestDatabase _database = null!;
    private HistoryRig _history = null!;
    private Guid _tenant;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await server.NewDatabaseAsync();
        _tenant = await _database.NewTenantAsync("demo");
        _history = new HistoryRig(_database.Db, _journal.Path);
        await using var system = await _database.AsAsync(DatabaseRoles.System);
        await system.ExecAsync($"""
            begin;
            insert into sandbox.scripts (id, tenant_id, name, kind, record, timeout_ms, memory_bytes, output_bytes, concurrency, calls, version, version_id)
            values ('{_script}', '{_tenant}', 'price', 'embedded', 'all', 1000, 1000, 1000, 5, 10, 1, '{_script}');
            insert into sandbox.script_versions (id, tenant_id, script_id, version, source, api_version, created_by)
            values ('{_script}', '{_tenant}', '{_script}', 1, 'return 1', 1, 'me');
            commit;
            """);
    }

    public async ValueTask DisposeAsync()
    {
        await _history.DisposeAsync();
        await _database.DisposeAsync();
        _journal.Dispose();
    }

    [Fact(Timeout = Patience)]
    public async Task An_hour_has_the_same_figures_before_it_is_folded_and_after()
    {
        await StoreAsync(
            Completed(s_now, ran: 3), Completed(s_now.AddHours(-2), ran: 40), Completed(s_now.AddHours(-2), ran: 40), Failed(s_now.AddHours(-2)),
            Completed(s_now.AddHours(-2), ran: 90) with { Version = 4 }, Failed(s_now.AddHours(-23)), Failed(s_now.AddDays(-8)),
            Failed(s_now.AddHours(-2)) with { TenantId = await _database.NewTenantAsync("other") });
        var before = await OverviewAsync();
        var scriptBefore = await ScriptAsync();

        await FoldAsync();

        await using var admin = await _database.AsSuperuserAsync();
        (await admin.ScalarAsync<long>("select count(*) from sandbox.stale_hours")).ShouldBe(1);
        var after = await OverviewAsync();
        after.Hours.ShouldBe(before.Hours);
        (after.RanMs, after.WaitedMs).ShouldBe((before.RanMs, before.WaitedMs));
        Listed(after.Failing).ShouldBe(Listed(before.Failing));
        Listed(after.Slowest).ShouldBe(Listed(before.Slowest));
        before.Hours.Sum(hour => hour.Total).ShouldBe(6);
        before.Failing.ShouldHaveSingleItem().Failures.ShouldBe(2);
        before.Failing[0].Hours.ShouldBe(before.Hours);
        var script = await ScriptAsync();
        script.Hours.ShouldBe(scriptBefore.Hours);
        script.Versions.ShouldBe(scriptBefore.Versions);
        script.Versions.Select(version => (version.Version, version.Executions, version.Failures)).ShouldBe([(4, 1L, 0L), (3, 5L, 2L)]);
    }

    /// <summary>Scripts with the text of their hours: lists are compared by what they hold.</summary>
    private static IEnumerable<(OverviewScript Script, string Hours)> Listed(IEnumerable<OverviewScript> scripts) =>
        scripts.Select(script => (script with { Hours = [] }, string.Join('\n', script.Hours)));

    [Fact(Timeout = Patience)]
    public async Task What_comes_late_is_counted_at_once_and_once()
    {
        var first = Completed(s_now.AddHours(-3), ran: 1);
        await StoreAsync(first);
        await FoldAsync();

        // The journal of a supervisor that was killed brings the first one again.
        await StoreAsync(first, Failed(s_now.AddHours(-3)));

        (await OverviewAsync()).Hours.Single(hour => hour.Total > 0).Total.ShouldBe(2);
        await FoldAsync();
        (await OverviewAsync()).Hours.Single(hour => hour.Total > 0).Total.ShouldBe(2);
        (await ScriptAsync()).Versions.ShouldHaveSingleItem().Executions.ShouldBe(2);
    }

    [Fact(Timeout = Patience)]
    public async Task What_is_stored_while_its_hour_is_folded_is_not_forgotten()
    {
        await StoreAsync(Completed(s_now.AddHours(-3), ran: 1));
        await using var writer = await _database.AsAsync(DatabaseRoles.System);
        await using var transaction = await writer.BeginTransactionAsync(Stop);
        await using (var batch = new Npgsql.NpgsqlBatch(writer, transaction))
        {
            HistoryStore.Fill(batch, [Sample.Record(Failed(s_now.AddHours(-3)))], note: null);
            await batch.ExecuteNonQueryAsync(Stop);
        }

        var folding = FoldAsync();
        await transaction.CommitAsync(Stop);
        await folding;
        await FoldAsync();

        await using var admin = await _database.AsSuperuserAsync();
        (await admin.ScalarAsync<long>("select count(*) from sandbox.stale_hours")).ShouldBe(0);
        (await admin.ScalarAsync<int>("select completed + failed from sandbox.tenant_hours")).ShouldBe(2);
    }

    [Fact(Timeout = Patience)]
    public async Task Figures_go_with_the_history_and_with_their_tenant()
    {
        await StoreAsync(Completed(s_now.AddHours(-3), ran: 1));
        await FoldAsync();
        await using var admin = await _database.AsSuperuserAsync();
        (await admin.ScalarAsync<long>("select count(*) from sandbox.script_hours")).ShouldBe(1);

        await Folder(s_now.AddDays(31)).RunAsync(Stop);

        (await admin.ScalarAsync<long>("select (select count(*) from sandbox.script_hours) + (select count(*) from sandbox.tenant_hours)")).ShouldBe(0);
    }

    private async Task StoreAsync(params Execution[] executions)
    {
        var records = executions.Select(execution => Sample.Record(execution)).ToArray();
        await _history.Store.MakePartitionsAsync(records, Stop);
        (await _history.Delivery.StoreAsync(records, Stop)).ShouldBeEmpty();
    }

    private Task FoldAsync() => Folder(s_now).RunAsync(Stop);

    private HourFolder Folder(DateTimeOffset now) =>
        new(new HourFoldStore(_database.Db), Options.Create(new DatabaseOptions()), new FakeTimeProvider(now), NullLogger<HourFolder>.Instance);

    private OverviewService Overview()
    {
        var (store, time) = (new FigureStore(_database.Db), new FakeTimeProvider(s_now));
        return new OverviewService(new OverviewStore(_database.Db), store, new LiveHours(store, time), time);
    }

    private async Task<TenantOverview> OverviewAsync() => (await Overview().GetAsync(Principal.System("test", _tenant), Stop)).Value!;

    private async Task<ScriptFigures> ScriptAsync() => (await Overview().ScriptAsync(Principal.System("test", _tenant), _script, Stop)).Value!;

    private Execution Completed(DateTimeOffset at, double ran) =>
        Sample.Completed(_tenant, _script) with { Id = Guid.CreateVersion7(at), CreatedAt = at, StartedAt = at, FinishedAt = at, DurationMs = ran };

    private Execution Failed(DateTimeOffset at) =>
        Sample.Failed(_tenant) with { Id = Guid.CreateVersion7(at), ScriptId = _script, CreatedAt = at, StartedAt = at, FinishedAt = at };
}
