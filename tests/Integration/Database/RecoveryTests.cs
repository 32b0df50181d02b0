using Microsoft.Extensions.Time.Testing;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Executions;
using Sandbox.Supervisor.History;
using Sandbox.Supervisor.Hosting;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Database;

public sealed class RecoveryTests(PostgresServer server) : IAsyncLifetime
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
    public async Task Ends_become_rows_and_starts_without_an_end_are_interrupted_with_their_input()
    {
        var ended = Sample.Record(Sample.Failed(_tenant), RecordPolicy.All, Sample.Line(1, "kept"));
        var running = Sample.Completed(_tenant) with { Status = ExecutionStatus.Running, FinishedAt = null, Output = null, DurationMs = null };
        // Never disposed: the process was killed.
        var killed = new Journal(_journal.Path);
        killed.Started(ended with { Execution = ended.Execution with { Status = ExecutionStatus.Running, Code = null, Error = null, FinishedAt = null } });
        killed.Started(Sample.Record(running));
        killed.Finished(ended);

        await using var rig = await RecoverAsync();

        HistoryTests.Same((await rig.Executions.GetAsync(_tenant, ended.Execution.Id, TestContext.Current.CancellationToken))!, ended.Execution);
        var interrupted = (await rig.Executions.GetAsync(_tenant, running.Id, TestContext.Current.CancellationToken))!;
        interrupted.Status.ShouldBe(ExecutionStatus.Failed);
        interrupted.Code.ShouldBe(Codes.Interrupted);
        interrupted.Input.ShouldBe(running.Input);
        rig.Journal.Left().ShouldBeEmpty();
    }

    [Fact(Timeout = Patience)]
    public async Task Recovering_twice_changes_nothing()
    {
        var record = Sample.Record(Sample.Completed(_tenant));
        new Journal(_journal.Path).Finished(record);
        var copy = Path.Combine(_journal.Path, "copy");
        File.Copy(new Journal(_journal.Path).Left()[0], copy);
        await using (await RecoverAsync())
        {
        }

        File.Move(copy, Path.Combine(_journal.Path, "journal-000000000001.log"));
        await using var rig = await RecoverAsync();

        HistoryTests.Same((await rig.Executions.GetAsync(_tenant, record.Execution.Id, TestContext.Current.CancellationToken))!, record.Execution);
    }

    [Fact(Timeout = Patience)]
    public async Task A_start_whose_end_was_stored_already_is_not_interrupted_and_leaks_no_input()
    {
        var record = Sample.Record(Sample.Completed(_tenant), RecordPolicy.Metadata);
        new Journal(_journal.Path).Started(record with { Execution = record.Execution with { Status = ExecutionStatus.Running, FinishedAt = null } });
        await using (var before = new HistoryRig(_database.Db, _journal.Path))
            await before.Delivery.StoreAsync([record], TestContext.Current.CancellationToken);

        await using var rig = await RecoverAsync();

        var read = (await rig.Executions.GetAsync(_tenant, record.Execution.Id, TestContext.Current.CancellationToken))!;
        read.Status.ShouldBe(ExecutionStatus.Completed);
        read.Input.ShouldBeNull();
    }

    [Theory(Timeout = Patience)]
    [InlineData(RecordPolicy.All, true)]
    [InlineData(RecordPolicy.Errors, false)]
    [InlineData(RecordPolicy.Metadata, false)]
    public async Task An_interrupted_execution_has_the_payloads_that_its_policy_allowed_at_the_start(RecordPolicy policy, bool kept)
    {
        var running = Sample.Completed(_tenant) with { Status = ExecutionStatus.Running, FinishedAt = null, Output = null, DurationMs = null };
        new Journal(_journal.Path).Started(Sample.Record(running, policy));

        await using var rig = await RecoverAsync();

        var read = (await rig.Executions.GetAsync(_tenant, running.Id, TestContext.Current.CancellationToken)).ShouldNotBeNull();
        read.Code.ShouldBe(Codes.Interrupted);
        (read.Input is not null).ShouldBe(kept);
    }

    [Theory(Timeout = Patience)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_file_of_another_version_stops_the_start_and_is_left_as_it_was(int version)
    {
        var record = Sample.Record(Sample.Completed(_tenant));
        var journal = new Journal(_journal.Path, fileBytesMax: 1);
        journal.Finished(record);
        journal.Finished(Sample.Record(Sample.Completed(_tenant)));
        var file = journal.Left()[1];
        var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        // The first version had no header.
        bytes = version == 1 ? bytes[JournalHeader.Bytes..] : [.. bytes[..8], (byte)version, .. bytes[9..]];
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);

        var refused = await Should.ThrowAsync<JournalVersionException>(RecoverAsync);

        refused.Message.ShouldContain(file);
        refused.Message.ShouldContain($"has format version {version}; this build reads version {JournalHeader.FormatVersion}");
        refused.Message.ShouldContain("move the file");
        StartupErrors.Line(refused).ShouldBe(refused.Message);
        (await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken)).ShouldBe(bytes);
        (await new ExecutionStore(_database.Db).GetAsync(_tenant, record.Execution.Id, TestContext.Current.CancellationToken)).ShouldBeNull();
    }

    [Theory(Timeout = Patience)]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(JournalHeader.Bytes)]
    public async Task A_file_that_a_kill_left_without_a_record_is_removed(int bytes)
    {
        await File.WriteAllBytesAsync(Path.Combine(_journal.Path, "journal-000000000001.log"), JournalHeader.Make()[..bytes], TestContext.Current.CancellationToken);

        await using var rig = await RecoverAsync();

        rig.Journal.Left().ShouldBeEmpty();
    }

    [Theory(Timeout = Patience)]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(200)]
    public async Task A_torn_last_record_is_left_out_and_all_before_it_kept(int bytesLost)
    {
        var whole = Sample.Record(Sample.Completed(_tenant));
        var torn = Sample.Record(Sample.Completed(_tenant));
        var killed = new Journal(_journal.Path);
        killed.Finished(whole);
        killed.Finished(torn);
        var file = killed.Left()[0];
        await using (var cut = new FileStream(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            cut.SetLength(cut.Length - bytesLost);

        await using var rig = await RecoverAsync();

        (await rig.Executions.GetAsync(_tenant, whole.Execution.Id, TestContext.Current.CancellationToken)).ShouldNotBeNull();
        (await rig.Executions.GetAsync(_tenant, torn.Execution.Id, TestContext.Current.CancellationToken)).ShouldBeNull();
        Directory.GetFiles(_journal.Path, "*.torn").ShouldHaveSingleItem();
    }

    [Fact(Timeout = Patience)]
    public async Task A_torn_file_whose_copy_cannot_be_written_stays_and_stops_nothing()
    {
        var whole = Sample.Record(Sample.Completed(_tenant));
        var killed = new Journal(_journal.Path);
        killed.Finished(whole);
        var file = killed.Left()[0];
        await File.AppendAllBytesAsync(file, new byte[] { 1, 2, 3 }, TestContext.Current.CancellationToken);
        Directory.CreateDirectory(file + ".torn");

        await using var rig = await RecoverAsync();

        rig.Journal.Left().ShouldBe([file]);
        (await rig.Executions.GetAsync(_tenant, whole.Execution.Id, TestContext.Current.CancellationToken)).ShouldNotBeNull();
    }

    [Fact(Timeout = Patience)]
    public async Task A_torn_copy_is_never_read_and_is_removed_after_thirty_days()
    {
        var record = Sample.Record(Sample.Completed(_tenant));
        var killed = new Journal(_journal.Path);
        killed.Finished(record);
        var copy = killed.Left()[0] + ".torn";
        File.Move(killed.Left()[0], copy);
        var time = new FakeTimeProvider(Sample.Now);
        File.SetLastWriteTimeUtc(copy, Sample.Now.UtcDateTime);

        time.Advance(TimeSpan.FromDays(29));
        await using (var rig = await RecoverAsync(time))
            (await rig.Executions.GetAsync(_tenant, record.Execution.Id, TestContext.Current.CancellationToken)).ShouldBeNull();
        File.Exists(copy).ShouldBeTrue();

        time.Advance(TimeSpan.FromDays(2));
        await using (await RecoverAsync(time))
            File.Exists(copy).ShouldBeFalse();
    }

    [Fact(Timeout = Patience)]
    public async Task Only_executions_that_the_same_tenant_has_stored_count_as_stored()
    {
        var today = Sample.Record(Sample.Completed(_tenant));
        var before = Sample.Now.AddDays(-1);
        var yesterday = Sample.Record(Sample.Completed(_tenant) with { Id = Guid.CreateVersion7(before), CreatedAt = before });
        var other = await _database.NewTenantAsync("other");
        await using var rig = new HistoryRig(_database.Db, _journal.Path);
        await rig.Delivery.StoreAsync([today, yesterday], TestContext.Current.CancellationToken);

        var stored = await rig.Store.StoredAsync(
            [(_tenant, today.Execution.Id), (_tenant, yesterday.Execution.Id), (_tenant, Guid.CreateVersion7()), (_tenant, Guid.NewGuid())], TestContext.Current.CancellationToken);

        stored.ShouldBe([today.Execution.Id, yesterday.Execution.Id], ignoreOrder: true);
        (await rig.Store.StoredAsync([(other, today.Execution.Id)], TestContext.Current.CancellationToken)).ShouldBeEmpty();
    }

    [Fact(Timeout = Patience)]
    public async Task A_file_goes_when_all_its_records_are_stored_and_not_before()
    {
        using var journal = new Journal(_journal.Path, fileBytesMax: 1);
        var slow = Sample.Completed(_tenant);
        var quick = Sample.Record(Sample.Completed(_tenant));
        journal.Started(Sample.Record(slow));
        journal.Started(quick);
        var ended = journal.Finished(quick);
        journal.Started(Sample.Record(Sample.Completed(_tenant)));
        journal.Left().Count.ShouldBe(4);

        journal.Settle([ended]);

        journal.Left().Count.ShouldBe(2);
        await Task.CompletedTask.WaitAsync(TestContext.Current.CancellationToken);
    }

    private Task<HistoryRig> RecoverAsync() => RecoverAsync(TimeProvider.System);

    private async Task<HistoryRig> RecoverAsync(TimeProvider time)
    {
        var rig = new HistoryRig(_database.Db, _journal.Path, time: time);
        await rig.Writer.RecoverAsync(TestContext.Current.CancellationToken);
        return rig;
    }
}
