using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.History;
using Sandbox.Supervisor.Usage;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Database;

/// <summary>What a tenant used by day, as the history adds it up.</summary>
public sealed class UsageTests(PostgresServer server) : IAsyncLifetime
{
    private const int Patience = 120_000;

    // Whatever the time is, all of a test's executions are of the days that it means.
    private static readonly DateTimeOffset s_noon = new(Sample.Now.UtcDateTime.Date.AddHours(12), TimeSpan.Zero);
    private static readonly DateOnly s_today = DateOnly.FromDateTime(s_noon.UtcDateTime);

    private readonly TempDirectory _journal = new();
    private TestDatabase _database = null!;
    private HistoryRig _rig = null!;
    private Guid _tenant;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await server.NewDatabaseAsync();
        _tenant = await _database.NewTenantAsync("demo");
        _rig = new HistoryRig(_database.Db, _journal.Path);
    }

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        await _database.DisposeAsync();
        _journal.Dispose();
    }

    [Fact(Timeout = Patience)]
    public async Task Executions_are_added_up_by_the_day_they_were_made_on_and_by_tenant()
    {
        var other = await _database.NewTenantAsync("other");
        await StoreAsync(
            Made(Sample.Completed(_tenant) with { Calls = 3 }, s_noon) with { Calls = [Sample.Call(bytes: 30), Sample.Call(bytes: 12)] },
            Made(Sample.Failed(_tenant), s_noon),
            Made(Sample.Failed(_tenant, Codes.Timeout) with { Status = ExecutionStatus.Timeout, CpuMs = null }, s_noon),
            Made(Sample.Completed(_tenant) with { Status = ExecutionStatus.Cancelled, CpuMs = null, DurationMs = null }, s_noon),
            // The last moment of the day before.
            Made(Sample.Completed(_tenant), s_noon.AddHours(-12).AddMilliseconds(-1)),
            Made(Sample.Completed(other), s_noon));
        await StoreAsync(Made(Sample.Completed(_tenant) with { Calls = 1 }, s_noon) with { Calls = [Sample.Call(bytes: 8)] });

        (await ListAsync()).ShouldBe(
        [
            new UsageDay(s_today, Executions: 5, Failures: 2, CpuMs: 7.5, DurationMs: 12.5, Calls: 4, CallBytes: 50),
            new UsageDay(s_today.AddDays(-1), Executions: 1, Failures: 0, CpuMs: 2.5, DurationMs: 3.125, Calls: 0, CallBytes: 0),
        ]);
        (await ListAsync(other)).ShouldHaveSingleItem().Executions.ShouldBe(1);
    }

    [Fact(Timeout = Patience)]
    public async Task An_execution_is_counted_once_however_often_it_is_delivered()
    {
        var record = Made(Sample.Completed(_tenant) with { Calls = 1 }, s_noon) with { Calls = [Sample.Call(bytes: 8)] };
        await StoreAsync(record, record);
        await StoreAsync(record);
        await StoreAsync(record, Made(Sample.Completed(_tenant), s_noon));

        (await ListAsync()).ShouldHaveSingleItem()
            .ShouldBe(new UsageDay(s_today, Executions: 2, Failures: 0, CpuMs: 5, DurationMs: 6.25, Calls: 1, CallBytes: 8));
    }

    [Fact(Timeout = Patience)]
    public async Task An_execution_that_the_journal_brings_again_is_counted_once()
    {
        var record = Made(Sample.Completed(_tenant), s_noon);
        await StoreAsync(record);
        // Killed between storing the record and forgetting it.
        using (var left = new TempDirectory())
        {
            new Journal(left.Path).Finished(record);
            await using var after = new HistoryRig(_database.Db, left.Path);
            await after.Writer.RecoverAsync(Stop);
            after.Journal.Left().ShouldBeEmpty();
        }

        (await ListAsync()).ShouldHaveSingleItem().Executions.ShouldBe(1);
    }

    [Fact(Timeout = Patience)]
    public async Task A_batch_that_is_refused_for_one_record_counts_each_of_its_records_once()
    {
        var poison = Made(Sample.Completed(_tenant, output: "not json"), s_noon);
        await StoreAsync([.. Enumerable.Range(0, 6).Select(_ => Made(Sample.Completed(_tenant), s_noon)), poison]);

        (await ListAsync()).ShouldHaveSingleItem().Executions.ShouldBe(7);
    }

    [Fact(Timeout = Patience)]
    public async Task An_execution_that_a_quota_refused_used_nothing()
    {
        await StoreAsync(Made(Sample.Failed(_tenant, Codes.QuotaExceeded), s_noon), Made(Sample.Failed(_tenant, Codes.Overloaded), s_noon));

        var day = (await ListAsync()).ShouldHaveSingleItem();
        (day.Executions, day.Failures).ShouldBe((1, 1));
    }

    [Fact(Timeout = Patience)]
    public async Task Batches_that_are_stored_at_the_same_time_lose_no_count()
    {
        var tenants = new List<Guid>();
        for (var n = 0; n < 20; n++) tenants.Add(await _database.NewTenantAsync($"tenant-{n}"));
        var batches = Enumerable.Range(0, 40).Select(_ => tenants.ConvertAll(tenant => Made(Sample.Completed(tenant), s_noon)));

        await Task.WhenAll(batches.Select(batch => _rig.Store.WriteAsync(batch, note: null, Stop)));

        foreach (var tenant in tenants) (await ListAsync(tenant)).ShouldHaveSingleItem().Executions.ShouldBe(40);
    }

    [Fact(Timeout = Patience)]
    public async Task Days_are_listed_newest_first_page_by_page_within_bounds_that_are_included()
    {
        await StoreAsync([.. Enumerable.Range(0, 6).Select(n => Made(Sample.Completed(_tenant), s_noon.AddDays(-n)))]);
        var store = new UsageStore(_database.Db);
        var filter = new UsageFilter(s_today.AddDays(-4), s_today.AddDays(-1));

        var first = await store.ListAsync(_tenant, filter, new PageRequest(3), Stop);
        var rest = await store.ListAsync(_tenant, filter, new PageRequest(3, first.NextCursor), Stop);

        first.Items.Select(day => day.Day).ShouldBe([s_today.AddDays(-1), s_today.AddDays(-2), s_today.AddDays(-3)]);
        rest.Items.Select(day => day.Day).ShouldBe([s_today.AddDays(-4)]);
        rest.NextCursor.ShouldBeNull();
        (await ListAsync(_tenant, new UsageFilter(DateOnly.MinValue, DateOnly.MaxValue))).Count.ShouldBe(6);
        var unreadable = new PageRequest(3, Cursor.Of("yesterday"));
        await Should.ThrowAsync<UnreadableCursorException>(() => store.ListAsync(_tenant, filter, unreadable, Stop));
    }

    private static ExecutionRecord Made(Execution execution, DateTimeOffset at) =>
        Sample.Record(execution with { Id = Guid.CreateVersion7(at), CreatedAt = at });

    private async Task StoreAsync(params ExecutionRecord[] records) => (await _rig.Delivery.StoreAsync(records, Stop)).ShouldBeEmpty();

    private async Task<IReadOnlyList<UsageDay>> ListAsync(Guid? tenant = null, UsageFilter? filter = null) =>
        (await new UsageStore(_database.Db).ListAsync(tenant ?? _tenant, filter ?? new UsageFilter(), new PageRequest(), Stop)).Items;
}
