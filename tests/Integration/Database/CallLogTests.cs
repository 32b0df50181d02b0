using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Broker;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.History;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Database;

/// <summary>The call log of an execution on its way through the journal into the database and out again.</summary>
public sealed class CallLogTests(PostgresServer server) : IAsyncLifetime
{
    private const int Patience = 120_000;
    private static readonly CallRecord[] s_calls =
    [
        Sample.Call("order-7"), Sample.Call(Sample.Wild, Sample.Wild, "NOT_FOUND", bytes: 0), Sample.Call("", "db.find", bytes: 1L << 40),
    ];

    private readonly TempDirectory _journal = new();
    private TestDatabase _database = null!;
    private Guid _tenant;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await server.NewDatabaseAsync();
        _tenant = await _database.NewTenantAsync("demo");
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _journal.Dispose();
    }

    [Fact(Timeout = Patience)]
    public async Task Calls_come_back_as_they_were_made_with_nul_and_lone_surrogates()
    {
        var record = Sample.Record(Sample.Completed(_tenant)) with { Calls = s_calls };

        var read = await StoreAndReadAsync(record);

        read.Items.ShouldBe(Entries(s_calls));
        read.NextCursor.ShouldBeNull();
    }

    [Fact(Timeout = Patience)]
    public async Task Calls_are_paged_and_only_their_tenant_reads_them()
    {
        var id = await StoreAsync(Sample.Record(Sample.Completed(_tenant)) with { Calls = s_calls });
        var none = await StoreAsync(Sample.Record(Sample.Completed(_tenant)));
        var store = new ExecutionStore(_database.Db);
        var other = await _database.NewTenantAsync("other");

        var first = (await store.CallsAsync(_tenant, id, new PageRequest(2), Stop)).ShouldNotBeNull();
        var rest = (await store.CallsAsync(_tenant, id, new PageRequest(2, first.NextCursor), Stop)).ShouldNotBeNull();

        first.Items.Select(call => call.Seq).ShouldBe([1, 2]);
        rest.Items.ShouldBe(Entries(s_calls)[2..]);
        rest.NextCursor.ShouldBeNull();
        (await store.CallsAsync(_tenant, none, new PageRequest(), Stop)).ShouldNotBeNull().Items.ShouldBeEmpty();
        (await store.CallsAsync(_tenant, Guid.CreateVersion7(), new PageRequest(), Stop)).ShouldBeNull();
        (await store.CallsAsync(other, id, new PageRequest(), Stop)).ShouldBeNull();
    }

    [Theory]
    [InlineData("-5", new[] { 1, 2 })]
    [InlineData("2", new[] { 3 })]
    [InlineData("2147483647", new int[0])]
    public void A_cursor_before_or_behind_the_log_is_within_it(string cursor, int[] listed)
    {
        var page = CallRows.Page(s_calls, new PageRequest(2, Cursor.Of(cursor)));

        page.Items.Select(call => call.Seq).ShouldBe(listed);
    }

    [Theory(Timeout = Patience)]
    [InlineData(RecordPolicy.All, true, true)]
    [InlineData(RecordPolicy.Errors, false, true)]
    [InlineData(RecordPolicy.Metadata, false, false)]
    public async Task Calls_are_kept_under_every_policy_and_their_summaries_as_the_payloads_are(
        RecordPolicy policy, bool ofCompleted, bool ofFailed)
    {
        var completed = Sample.Record(Sample.Completed(_tenant), policy) with { Calls = s_calls };
        var failed = Sample.Record(Sample.Failed(_tenant), policy) with { Calls = s_calls };

        foreach (var (record, kept) in new[] { (completed, ofCompleted), (failed, ofFailed) })
        {
            CallRecord[] expected = kept ? s_calls : Array.ConvertAll(s_calls, call => call with { Summary = "" });
            record.AsKept().Calls.ShouldBe(expected);
            (await StoreAndReadAsync(record)).Items.ShouldBe(Entries(expected));
        }
    }

    [Fact(Timeout = Patience)]
    public async Task The_calls_of_an_execution_that_had_ended_outlive_a_kill_of_the_supervisor()
    {
        var record = Sample.Record(Sample.Completed(_tenant)) with { Calls = s_calls };
        // Never disposed: the process was killed.
        new Journal(_journal.Path).Finished(record);

        await using var rig = new HistoryRig(_database.Db, _journal.Path);
        await rig.Writer.RecoverAsync(Stop);

        var read = (await rig.Executions.CallsAsync(_tenant, record.Execution.Id, new PageRequest(), Stop)).ShouldNotBeNull();
        read.Items.ShouldBe(Entries(s_calls));
    }

    [Fact(Timeout = Patience)]
    public async Task Storing_a_record_again_leaves_its_calls_as_they_were()
    {
        var record = Sample.Record(Sample.Completed(_tenant)) with { Calls = s_calls };
        await StoreAsync(record);

        var read = await StoreAndReadAsync(record with { Calls = [Sample.Call("another")] });

        read.Items.ShouldBe(Entries(s_calls));
    }

    [Fact(Timeout = Patience)]
    public async Task A_record_the_database_refuses_is_stored_without_its_calls()
    {
        var poison = Sample.Record(Sample.Completed(_tenant, output: "not json")) with { Calls = s_calls };

        (await StoreAndReadAsync(poison)).Items.ShouldBeEmpty();
    }

    private static CallEntry[] Entries(IReadOnlyList<CallRecord> calls) =>
    [
        .. calls.Select((call, n) => new CallEntry(n + 1, call.Capability, call.Summary, call.Status, call.Bytes, call.Ms, call.OffsetMs)),
    ];

    private async Task<Guid> StoreAsync(ExecutionRecord record)
    {
        await using var rig = new HistoryRig(_database.Db, _journal.Path);
        await rig.Delivery.StoreAsync([record], Stop);
        return record.Execution.Id;
    }

    private async Task<Page<CallEntry>> StoreAndReadAsync(ExecutionRecord record)
    {
        var id = await StoreAsync(record);
        return (await new ExecutionStore(_database.Db).CallsAsync(_tenant, id, new PageRequest(), Stop)).ShouldNotBeNull();
    }
}
