using System.Buffers;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.Executions;
using Sandbox.Supervisor.History;
using Sandbox.Supervisor.Rest;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Database;

public sealed class HistoryTests(PostgresServer server) : IAsyncLifetime
{
    private const int Patience = 120_000;
    private readonly TempDirectory _journal = new();
    private TestDatabase _database = null!;
    private Guid _tenant;

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
    public async Task What_ended_is_found_in_the_buffer_at_once_and_in_the_database_later_the_same()
    {
        var record = Sample.Record(Sample.Completed(_tenant) with
        {
            Labels = new Dictionary<string, string>(StringComparer.Ordinal) { ["order"] = Sample.Wild },
            Warnings = ["80 % of memory"],
            Progress = new ExecutionProgress(3, 10, Sample.Wild),
            Calls = 4,
        }, RecordPolicy.All, Sample.Line(1, "first", """{"a":1}"""), Sample.Line(2, "second"));
        await using (var rig = new HistoryRig(_database.Db, _journal.Path))
        {
            rig.Writer.Started(record.Execution with { Status = ExecutionStatus.Running, FinishedAt = null }, record.VersionId, record.Policy);
            await rig.Writer.FinishedAsync(record, TestContext.Current.CancellationToken);
            rig.Writer.FindBuffered(_tenant, record.Execution.Id).ShouldBeSameAs(record);
            rig.Writer.FindBuffered(Guid.NewGuid(), record.Execution.Id).ShouldBeNull();
            await rig.Writer.StartAsync(TestContext.Current.CancellationToken);
        }

        await using var after = new HistoryRig(_database.Db, _journal.Path);
        Same((await after.Executions.GetAsync(_tenant, record.Execution.Id, TestContext.Current.CancellationToken))!, record.Execution);
        (await after.Executions.LogsAsync(_tenant, record.Execution.Id, 0, 100, TestContext.Current.CancellationToken))!.Items.ShouldBe(record.Logs);
        after.Journal.Left().ShouldBeEmpty();
    }

    [Theory(Timeout = Patience)]
    [InlineData("""{"a":"\u0000 \ud800 \udc00"}""")]
    [InlineData("""[1e400, -0, 123456789012345678901234567890.5, 1.10]""")]
    [InlineData("\"raw \ud800 half\"")]
    [InlineData("null")]
    [InlineData("""{"a":1,"a":2}""")]
    public async Task Any_json_comes_back_as_it_went_in(string json)
    {
        var execution = Sample.Completed(_tenant, input: json, output: json);

        var read = await StoreAndReadAsync(Sample.Record(execution), TestContext.Current.CancellationToken);

        var expected = json.Contains('\ud800') ? json.Replace("\ud800", "\\ud800", StringComparison.Ordinal) : json;
        read.Input!.Value.Text.ShouldBe(expected);
        read.Output!.Value.Text.ShouldBe(expected);
    }

    [Fact(Timeout = Patience)]
    public async Task Deep_values_and_huge_keys_come_back_as_they_went_in()
    {
        var deep = Sample.DeepJson(500);
        var hugeKey = $$"""{"{{new string('k', 300_000)}}":true}""";

        var read = await StoreAndReadAsync(Sample.Record(Sample.Completed(_tenant, input: deep, output: hugeKey), RecordPolicy.All, Sample.Line(1, "deep", deep)), TestContext.Current.CancellationToken);

        read.Input!.Value.Text.ShouldBe(deep);
        read.Output!.Value.Text.ShouldBe(hugeKey);
        (await new ExecutionStore(_database.Db).LogsAsync(_tenant, read.Id, 0, 10, TestContext.Current.CancellationToken))!.Items[0].Metadata!.Value.Text.ShouldBe(deep);
    }

    [Fact(Timeout = Patience)]
    public async Task Log_lines_and_errors_keep_nul_and_lone_surrogates()
    {
        var record = Sample.Record(Sample.Failed(_tenant, message: Sample.Wild), RecordPolicy.All, Sample.Line(1, Sample.Wild), Sample.Line(2, ""), Sample.Line(3, "two\nlines"));

        var read = await StoreAndReadAsync(record, TestContext.Current.CancellationToken);

        read.Error.ShouldBe(record.Execution.Error);
        (await new ExecutionStore(_database.Db).LogsAsync(_tenant, read.Id, 0, 10, TestContext.Current.CancellationToken))!.Items.ShouldBe(record.Logs);
    }

    [Theory(Timeout = Patience)]
    [InlineData(RecordPolicy.All, true, true)]
    [InlineData(RecordPolicy.Errors, false, true)]
    [InlineData(RecordPolicy.Metadata, false, false)]
    public async Task A_record_policy_decides_what_is_kept(RecordPolicy policy, bool ofCompleted, bool ofFailed)
    {
        var completed = Sample.Record(Sample.Completed(_tenant), policy, Sample.Line(1, "secret"));
        var failed = Sample.Record(Sample.Failed(_tenant), policy, Sample.Line(1, "secret"));

        foreach (var (record, kept) in new[] { (completed, ofCompleted), (failed, ofFailed) })
        {
            var read = await StoreAndReadAsync(record, TestContext.Current.CancellationToken);
            (read.Input is not null).ShouldBe(kept);
            read.Trigger.Text.ShouldBe("""{"type":"api"}""");
            (await new ExecutionStore(_database.Db).LogsAsync(_tenant, read.Id, 0, 10, TestContext.Current.CancellationToken))!.Items.Count.ShouldBe(kept ? 1 : 0);
        }
    }

    [Fact(Timeout = Patience)]
    public async Task A_database_that_is_down_delays_the_rows_and_loses_none()
    {
        var records = Enumerable.Range(0, 50).Select(_ => Sample.Record(Sample.Completed(_tenant))).ToList();
        await using var rig = new HistoryRig(_database.Db, _journal.Path);
        await using var admin = await _database.AsSuperuserAsync();
        await admin.ExecAsync("revoke insert on sandbox.executions from sandbox_system");
        await rig.Writer.StartAsync(TestContext.Current.CancellationToken);
        foreach (var record in records)
            await rig.Writer.FinishedAsync(record, TestContext.Current.CancellationToken);
        await Until(() => rig.Writer.Problem is not null);
        rig.Writer.Backlog.ShouldBe(50);

        await admin.ExecAsync("grant insert on sandbox.executions to sandbox_system");

        await Until(() => rig.Writer.Backlog == 0);
        rig.Writer.Problem.ShouldBeNull();
        (await admin.ScalarAsync<long>("select count(*) from sandbox.executions")).ShouldBe(50);
    }

    [Fact(Timeout = Patience)]
    public async Task Connections_that_break_are_made_anew()
    {
        await using var rig = new HistoryRig(_database.Db, _journal.Path);
        await using var admin = await _database.AsSuperuserAsync();
        await rig.Writer.StartAsync(TestContext.Current.CancellationToken);
        await rig.Writer.FinishedAsync(Sample.Record(Sample.Completed(_tenant)), TestContext.Current.CancellationToken);
        await Until(() => rig.Writer.Backlog == 0);

        await admin.ColumnAsync<bool>("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'sandbox' and datname = current_database()");

        await rig.Writer.FinishedAsync(Sample.Record(Sample.Completed(_tenant)), TestContext.Current.CancellationToken);
        await Until(() => rig.Writer.Backlog == 0);
        (await admin.ScalarAsync<long>("select count(*) from sandbox.executions")).ShouldBe(2);
    }

    [Fact(Timeout = Patience)]
    public async Task A_record_the_database_refuses_is_stored_without_its_payload_and_its_neighbours_whole()
    {
        var poison = Sample.Record(Sample.Completed(_tenant, output: "not json"), RecordPolicy.All, Sample.Line(1, "gone"));
        var records = Enumerable.Range(0, 9).Select(_ => Sample.Record(Sample.Completed(_tenant))).Append(poison).ToList();
        await using var rig = new HistoryRig(_database.Db, _journal.Path);

        await rig.Delivery.StoreAsync(records, TestContext.Current.CancellationToken);

        foreach (var record in records.Take(9))
            (await rig.Executions.GetAsync(_tenant, record.Execution.Id, TestContext.Current.CancellationToken))!.Output!.Value.Text.ShouldBe("""{"price":9.5}""");
        var read = (await rig.Executions.GetAsync(_tenant, poison.Execution.Id, TestContext.Current.CancellationToken))!;
        read.Output.ShouldBeNull();
        read.Warnings.ShouldHaveSingleItem().ShouldContain("left out");
    }

    [Fact(Timeout = Patience)]
    public async Task A_record_without_a_day_gets_one()
    {
        var old = Sample.Now.AddDays(-10);
        var record = Sample.Record(Sample.Completed(_tenant) with { Id = Guid.CreateVersion7(old), CreatedAt = old });

        (await StoreAndReadAsync(record, TestContext.Current.CancellationToken)).CreatedAt.ShouldBe(old);
    }

    [Fact(Timeout = Patience)]
    public async Task A_record_that_cannot_be_stored_at_all_is_kept_in_a_file()
    {
        await using var rig = new HistoryRig(_database.Db, _journal.Path);

        await rig.Delivery.StoreAsync([Sample.Record(Sample.Completed(_tenant) with { Id = Guid.NewGuid() })], TestContext.Current.CancellationToken);

        Directory.GetFiles(_journal.Path, "rejected-*").ShouldHaveSingleItem();
    }

    [Fact(Timeout = Patience)]
    public async Task A_rejected_record_that_no_file_takes_stays_in_the_journal_and_the_writer_goes_on()
    {
        var refused = Sample.Record(Sample.Completed(_tenant) with { Id = Guid.NewGuid() });
        var next = Sample.Record(Sample.Completed(_tenant));
        // As on a full disk, the file cannot be written: a directory has its name.
        var path = Path.Combine(_journal.Path, $"rejected-{refused.Execution.Id}.log");
        Directory.CreateDirectory(path);
        await using (var rig = new HistoryRig(_database.Db, _journal.Path))
        {
            await rig.Writer.StartAsync(TestContext.Current.CancellationToken);
            await rig.Writer.FinishedAsync(refused, TestContext.Current.CancellationToken);
            await Until(() => rig.Writer.Backlog == 0);
            await rig.Writer.FinishedAsync(next, TestContext.Current.CancellationToken);
            await Until(() => rig.Writer.Backlog == 0);
            rig.Writer.ExecuteTask!.IsCompleted.ShouldBeFalse();
            (await rig.Executions.GetAsync(_tenant, next.Execution.Id, TestContext.Current.CancellationToken)).ShouldNotBeNull();
        }

        Directory.GetFiles(_journal.Path).ShouldHaveSingleItem().ShouldEndWith("journal-000000000001.log");
        await using (var full = new HistoryRig(_database.Db, _journal.Path))
            await full.Writer.RecoverAsync(TestContext.Current.CancellationToken);
        Directory.GetFiles(_journal.Path).ShouldHaveSingleItem();

        Directory.Delete(path);
        await using var after = new HistoryRig(_database.Db, _journal.Path);
        await after.Writer.RecoverAsync(TestContext.Current.CancellationToken);
        Directory.GetFiles(_journal.Path).ShouldBe([path]);
    }

    [Fact(Timeout = Patience)]
    public async Task A_rejected_record_is_tried_again_at_each_start_and_its_file_removed_once_it_is_stored()
    {
        var record = Sample.Record(Sample.Completed(_tenant) with { ScriptName = "refused" }, RecordPolicy.All, Sample.Line(1, "kept"));
        await using var admin = await _database.AsSuperuserAsync();
        await admin.ExecAsync("alter table sandbox.executions add constraint refuses check (script_name <> 'refused')");
        await using (var rig = new HistoryRig(_database.Db, _journal.Path))
            await rig.Delivery.StoreAsync([record], TestContext.Current.CancellationToken);
        await RestartAsync();
        var path = Directory.GetFiles(_journal.Path, "rejected-*").ShouldHaveSingleItem();

        await admin.ExecAsync("alter table sandbox.executions drop constraint refuses");
        await RestartAsync();

        File.Exists(path).ShouldBeFalse();
        var read = (await new ExecutionStore(_database.Db).GetAsync(_tenant, record.Execution.Id, TestContext.Current.CancellationToken)).ShouldNotBeNull();
        Same(read, record.Execution);

        async Task RestartAsync()
        {
            await using var rig = new HistoryRig(_database.Db, _journal.Path);
            await rig.Writer.RecoverAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact(Timeout = Patience)]
    public async Task A_rejected_file_that_cannot_be_read_is_kept_and_stops_nothing()
    {
        var path = Path.Combine(_journal.Path, "rejected-of-another-version.log");
        await File.WriteAllBytesAsync(path, [1, 2, 3], TestContext.Current.CancellationToken);
        await using var rig = new HistoryRig(_database.Db, _journal.Path);

        await rig.Writer.RecoverAsync(TestContext.Current.CancellationToken);

        File.Exists(path).ShouldBeTrue();
    }

    [Fact(Timeout = Patience)]
    public async Task A_full_backlog_holds_its_callers_up_until_there_is_room()
    {
        await using var rig = new HistoryRig(_database.Db, _journal.Path, new DatabaseOptions { BacklogRecords = 3 });
        for (var i = 0; i < 3; i++)
            rig.Writer.FinishedAsync(Sample.Record(Sample.Completed(_tenant)), TestContext.Current.CancellationToken).AsTask().IsCompleted.ShouldBeTrue();
        var held = rig.Writer.FinishedAsync(Sample.Record(Sample.Completed(_tenant)), TestContext.Current.CancellationToken).AsTask();
        held.IsCompleted.ShouldBeFalse();

        await rig.Writer.StartAsync(TestContext.Current.CancellationToken);

        await held;
    }

    /// <summary>In every field: a record with collections in it has no equality of its own.</summary>
    internal static void Same(Execution read, Execution expected) => Bytes(read).ShouldBe(Bytes(expected));

    private static byte[] Bytes(Execution execution)
    {
        var buffer = new ArrayBufferWriter<byte>();
        JournalCodec.WriteFinished(buffer, new ExecutionRecord(execution, Guid.Empty, RecordPolicy.All, []));
        return buffer.WrittenSpan.ToArray();
    }

    private static async Task Until(Func<bool> condition)
    {
        while (!condition())
            await Task.Delay(10, TestContext.Current.CancellationToken);
    }

    private async Task<Execution> StoreAndReadAsync(ExecutionRecord record, CancellationToken cancellationToken)
    {
        await using var rig = new HistoryRig(_database.Db, _journal.Path);
        await rig.Delivery.StoreAsync([record], cancellationToken);
        return (await rig.Executions.GetAsync(_tenant, record.Execution.Id, cancellationToken)).ShouldNotBeNull();
    }
}
