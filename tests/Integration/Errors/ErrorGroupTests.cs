using Microsoft.Extensions.Time.Testing;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.Errors;
using Sandbox.Supervisor.History;
using Sandbox.Tests.Integration.Database;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Errors;

/// <summary>Failures as the history groups and counts them, and what is said of the groups.</summary>
public sealed class ErrorGroupTests(PostgresServer server) : IAsyncLifetime
{
    private const int Patience = 120_000;

    // Whatever the time is, all of a test's failures are of the hours that it means.
    private static readonly DateTimeOffset s_now = new(Sample.Now.UtcDateTime.Date.AddHours(12).AddMinutes(30), TimeSpan.Zero);

    private readonly TempDirectory _journal = new();
    private readonly Guid _script = Guid.CreateVersion7();
    private TestDatabase _database = null!;
    private HistoryRig _rig = null!;
    private ErrorService _errors = null!;
    private Guid _tenant;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private Principal Owner => Principal.System("test", _tenant);

    public async ValueTask InitializeAsync()
    {
        _database = await server.NewDatabaseAsync();
        _tenant = await _database.NewTenantAsync("demo");
        _rig = new HistoryRig(_database.Db, _journal.Path);
        _errors = new ErrorService(new ErrorStore(_database.Db), new FakeTimeProvider(s_now));
    }

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        await _database.DisposeAsync();
        _journal.Dispose();
    }

    [Fact(Timeout = Patience)]
    public async Task Messages_of_one_template_are_one_group_with_counts_versions_and_the_last_failure()
    {
        await StoreAsync([.. Enumerable.Range(0, 200).Select(n => Failure($"no order {n}", s_now.AddSeconds(-n), version: 3 + n % 2))]);
        var last = Failure("no order 201", s_now.AddSeconds(1), version: 5, line: 14);
        await StoreAsync(last);

        var group = (await ListAsync()).ShouldHaveSingleItem();

        (group.Message, group.Sample, group.Count).ShouldBe(("no order <n>", "no order 201", 201));
        (group.ScriptId, group.ScriptName, group.Code, group.ErrorName, group.Line, group.Function)
            .ShouldBe((_script, "price", Codes.ScriptError, "Error", 14, "load"));
        (group.FirstVersion, group.LastVersion).ShouldBe((4, 5));
        group.Versions.ShouldBe([3, 4, 5]);
        (group.FirstSeenAt, group.LastSeenAt).ShouldBe((s_now.AddSeconds(-199), s_now.AddSeconds(1)));
        (group.LastExecutionId, group.State, group.Trend).ShouldBe((last.Execution.Id, ErrorState.Open, null));
    }

    [Fact(Timeout = Patience)]
    public async Task A_failure_is_counted_once_however_often_it_is_delivered()
    {
        var record = Failure("no order 1", s_now);
        await StoreAsync(record, record);
        await StoreAsync(record);
        await StoreAsync(record, Failure("no order 2", s_now));
        using (var left = new TempDirectory())
        {
            // Killed between storing the record and forgetting it.
            new Journal(left.Path).Finished(record);
            await using var after = new HistoryRig(_database.Db, left.Path);
            await after.Writer.RecoverAsync(Stop);
        }

        var group = await GetAsync((await ListAsync()).ShouldHaveSingleItem().Id);
        group.Count.ShouldBe(2);
        group.Trend!.Sum(hour => hour.Count).ShouldBe(2);
    }

    [Fact(Timeout = Patience)]
    public async Task A_batch_that_is_refused_for_one_record_counts_each_of_its_failures_once()
    {
        var poison = Sample.Record(Sample.Completed(_tenant, output: "not json"));
        await StoreAsync([.. Enumerable.Range(0, 6).Select(n => Failure($"no order {n}", s_now)), poison]);

        (await ListAsync()).ShouldHaveSingleItem().Count.ShouldBe(6);
    }

    [Fact(Timeout = Patience)]
    public async Task Scripts_codes_and_functions_are_groups_of_their_own()
    {
        await StoreAsync(
            Failure("no", s_now),
            Failure("no", s_now, function: "save"),
            With(Failure("no", s_now), execution => execution with { Code = Codes.HttpError }),
            With(Failure("no", s_now), execution => execution with { ScriptId = Guid.CreateVersion7() }),
            With(Failure("no", s_now), execution => execution with { Status = ExecutionStatus.Timeout, Code = Codes.Timeout }));

        (await ListAsync()).Select(group => group.Count).ShouldBe([1, 1, 1, 1, 1]);
    }

    [Theory(Timeout = Patience)]
    [InlineData(Codes.Interrupted, true, 0)]
    [InlineData(Codes.Overloaded, false, 0)]
    [InlineData(Codes.RateLimit, false, 0)]
    [InlineData(Codes.QuotaExceeded, false, 0)]
    [InlineData(Codes.ConcurrencyLimit, false, 0)]
    [InlineData(Codes.RateLimit, true, 1)]
    [InlineData(Codes.MemoryLimit, true, 1)]
    [InlineData(Codes.InvalidInput, false, 1)]
    public async Task What_we_ended_and_what_admission_refused_is_no_failure_of_the_script(string code, bool began, int groups)
    {
        await StoreAsync(With(Failure("no", s_now), execution => execution with { Code = code, StartedAt = began ? s_now : null }));

        (await ListAsync()).Count.ShouldBe(groups);
    }

    [Fact(Timeout = Patience)]
    public async Task What_completed_was_cancelled_or_was_a_dry_run_is_in_no_group()
    {
        await StoreAsync(
            Sample.Record(Sample.Completed(_tenant)),
            With(Failure("no", s_now), execution => execution with { Status = ExecutionStatus.Cancelled, Code = null, Error = null }),
            With(Failure("no", s_now), execution => execution with { Cause = new Cause("dry_run", "0197") }));

        (await ListAsync()).ShouldBeEmpty();
    }

    [Fact(Timeout = Patience)]
    public async Task Only_a_version_after_the_one_it_is_resolved_in_opens_it_again()
    {
        await StoreAsync(Failure("no", s_now, version: 3));
        var id = (await ListAsync()).Single().Id;

        // There is no script of that id here: the version that was seen last stands for the live one.
        var resolved = (await _errors.ResolveAsync(Owner, id, version: null, Stop)).Value!;
        (resolved.State, resolved.ResolvedInVersion, resolved.UpdatedBy).ShouldBe((ErrorState.Resolved, 3, "test"));
        await StoreAsync(Failure("no", s_now.AddSeconds(1), version: 3), Failure("no", s_now.AddSeconds(2), version: 2));
        var same = await GetAsync(id);
        (same.State, same.Count, same.RegressedAt).ShouldBe((ErrorState.Resolved, 3, null));

        await StoreAsync(Failure("no", s_now.AddSeconds(3), version: 4));
        var regressed = await GetAsync(id);
        (regressed.State, regressed.Count, regressed.ResolvedInVersion, regressed.RegressedAt)
            .ShouldBe((ErrorState.Open, 4, 3, s_now.AddSeconds(3)));

        var again = (await _errors.ResolveAsync(Owner, id, version: 9, Stop)).Value!;
        (again.State, again.ResolvedInVersion, again.RegressedAt).ShouldBe((ErrorState.Resolved, 9, null));
    }

    [Fact(Timeout = Patience)]
    public async Task An_ignored_one_opens_when_it_is_seen_after_its_time_or_never()
    {
        await StoreAsync(Failure("a", s_now), Failure("b", s_now));
        var (a, b) = ((await ListAsync(new ErrorFilter { Text = "a" })).Single().Id, (await ListAsync(new ErrorFilter { Text = "b" })).Single().Id);
        (await _errors.IgnoreAsync(Owner, a, s_now.AddHours(1), Stop)).Value!.IgnoredUntil.ShouldBe(s_now.AddHours(1));
        (await _errors.IgnoreAsync(Owner, b, until: null, Stop)).Value!.State.ShouldBe(ErrorState.Ignored);

        await StoreAsync(Failure("a", s_now.AddMinutes(59)), Failure("b", s_now.AddMinutes(59)));
        (await GetAsync(a)).State.ShouldBe(ErrorState.Ignored);
        await StoreAsync(Failure("a", s_now.AddHours(1)), Failure("b", s_now.AddYears(1)));

        var opened = await GetAsync(a);
        (opened.State, opened.IgnoredUntil, opened.Count).ShouldBe((ErrorState.Open, null, 3));
        (await GetAsync(b)).State.ShouldBe(ErrorState.Ignored);
        (await _errors.ReopenAsync(Owner, b, Stop)).Value!.State.ShouldBe(ErrorState.Open);
    }

    [Fact(Timeout = Patience)]
    public async Task A_trend_has_the_last_24_hours_and_those_without_a_failure_too()
    {
        await StoreAsync(
            Failure("no", s_now), Failure("no", s_now.AddMinutes(-1)), Failure("no", s_now.AddHours(-23)), Failure("no", s_now.AddHours(-24)));

        var trend = (await GetAsync((await ListAsync()).Single().Id)).Trend!;

        trend.Count.ShouldBe(24);
        (trend[0], trend[^1]).ShouldBe((new ErrorHour(s_now.AddMinutes(-30).AddHours(-23), 1), new ErrorHour(s_now.AddMinutes(-30), 2)));
        trend.Sum(hour => hour.Count).ShouldBe(3);
    }

    [Fact(Timeout = Patience)]
    public async Task Groups_are_listed_page_by_page_the_last_seen_first_by_their_filters()
    {
        await StoreAsync([.. Enumerable.Range(0, 7).Select(n => Failure($"message {(char)('a' + n)}", s_now.AddSeconds(-(n / 2)), version: n + 1))]);

        var seen = new List<ErrorGroup>();
        for (string? cursor = null; ;)
        {
            var page = (await _errors.ListAsync(Owner, new ErrorFilter(), new PageRequest(2, cursor), Stop)).Value!;
            seen.AddRange(page.Items);
            if ((cursor = page.NextCursor) is null) break;
        }

        seen.Select(group => group.Id).ShouldBeUnique();
        seen.Select(group => (group.LastSeenAt - s_now).TotalSeconds).ShouldBe([0, 0, -1, -1, -2, -2, -3]);
        var c = (await ListAsync(new ErrorFilter { Version = 3 })).Single();
        c.Message.ShouldBe("message c");
        (await ListAsync(new ErrorFilter { Text = "MESSAGE C" })).Single().Id.ShouldBe(c.Id);
        (await ListAsync(new ErrorFilter { From = s_now.AddSeconds(-1), To = s_now })).Select(group => group.Message).Order().ShouldBe(["message c", "message d"]);
        (await ListAsync(new ErrorFilter { Script = _script.ToString(), Code = Codes.ScriptError, State = ErrorState.Open })).Count.ShouldBe(7);
        (await ListAsync(new ErrorFilter { State = ErrorState.Ignored })).ShouldBeEmpty();
        (await ListAsync(new ErrorFilter { Script = "other" })).ShouldBeEmpty();
        (await ListAsync(new ErrorFilter { Code = Codes.Timeout })).ShouldBeEmpty();
        var unreadable = new PageRequest(2, Cursor.Of("yesterday"));
        await Should.ThrowAsync<UnreadableCursorException>(() => _errors.ListAsync(Owner, new ErrorFilter(), unreadable, Stop));
    }

    [Fact(Timeout = Patience)]
    public async Task A_foreign_tenant_sees_nothing_and_changes_nothing()
    {
        await StoreAsync(Failure("no", s_now));
        var id = (await ListAsync()).Single().Id;
        var stranger = Principal.System("test", await _database.NewTenantAsync("other"));

        (await _errors.ListAsync(stranger, new ErrorFilter(), new PageRequest(), Stop)).Value!.Items.ShouldBeEmpty();
        (await _errors.GetAsync(stranger, id, Stop)).Problem!.Status.ShouldBe(404);
        (await _errors.ResolveAsync(stranger, id, 1, Stop)).Problem!.Status.ShouldBe(404);
        (await _errors.IgnoreAsync(stranger, id, null, Stop)).Problem!.Status.ShouldBe(404);
        (await _errors.ReopenAsync(stranger, id, Stop)).Problem!.Status.ShouldBe(404);
        (await GetAsync(id)).State.ShouldBe(ErrorState.Open);
    }

    [Fact(Timeout = Patience)]
    public async Task Batches_that_are_stored_at_the_same_time_lose_no_count()
    {
        string[] messages = ["a", "b", "c", "d", "e", "f"];
        var batches = Enumerable.Range(0, 40).Select(n => messages.Select(message => Failure(message, s_now)).OrderBy(record => (record.GetHashCode() + n) % 7).ToArray());

        await Task.WhenAll(batches.Select(batch => _rig.Store.WriteAsync(batch, note: null, Stop)));

        (await ListAsync()).Select(group => group.Count).ShouldBe(Enumerable.Repeat(40L, messages.Length));
    }

    [Fact(Timeout = Patience)]
    public async Task Any_text_of_a_script_can_be_a_sample_a_name_and_a_function()
    {
        var error = new ExecutionError(Sample.Wild + new string('\ud800', 3_000), 2, 7, null, Sample.Wild);
        var stack = $"{error.Name}: {error.Message}\n    at {Sample.Wild} (2:7)";
        await StoreAsync(With(Failure("", s_now), execution => execution with { Error = error with { Stack = stack } }));

        var group = (await ListAsync()).Single();

        (group.Sample, group.ErrorName, group.Function).ShouldBe((error.Message[..2_000], Sample.Wild, Sample.Wild));
    }

    [Fact(Timeout = Patience)]
    public async Task The_sweeper_removes_what_is_old_and_then_the_closed_and_the_least_recent_beyond_a_thousand()
    {
        await StoreAsync([.. Enumerable.Range(0, ErrorSweepStore.KeptMax + 1).Select(n => Failure($"{Words(n)} failed", s_now.AddSeconds(-n)))]);
        await StoreAsync(Failure("newest", s_now.AddSeconds(1)), Failure("old", s_now.AddDays(-31)));
        var newest = (await ListAsync(new ErrorFilter { Text = "newest" })).Single().Id;
        (await _errors.ResolveAsync(Owner, newest, 3, Stop)).Problem.ShouldBeNull();

        await new ErrorSweepStore(_database.Db).SweepAsync(s_now.AddDays(-30), s_now.AddHours(-1), Stop);

        await using var admin = await _database.AsSuperuserAsync();
        (await admin.ScalarAsync<long>("select count(*) from sandbox.error_groups")).ShouldBe(ErrorSweepStore.KeptMax);
        (await admin.ScalarAsync<long>("select count(*) from sandbox.error_groups where message in ('newest', 'old')")).ShouldBe(0);
        (await ListAsync(new ErrorFilter { To = s_now.AddSeconds(-ErrorSweepStore.KeptMax + 1) })).ShouldBeEmpty();
        (await admin.ScalarAsync<long>("select count(*) from sandbox.error_hours where hour < now() - interval '30 days'")).ShouldBe(0);
    }

    [Fact(Timeout = Patience)]
    public async Task A_tenant_with_too_many_groups_gets_no_new_one_and_counts_on_in_those_it_has()
    {
        await StoreAsync([.. Enumerable.Range(0, ErrorWriteStore.GroupsMax).Select(n => Failure($"{Words(n)} failed", s_now.AddSeconds(-n)))]);

        await StoreAsync(Failure("one too many", s_now), Failure($"{Words(7)} failed", s_now));

        (await ListAsync(new ErrorFilter { Text = "too many" })).ShouldBeEmpty();
        (await ListAsync(new ErrorFilter { Text = $"{Words(7)} failed" })).Single().Count.ShouldBe(2);
    }

    /// <summary>A word without digits for each number.</summary>
    private static string Words(int n) => string.Concat(n.ToString("0000").Select(digit => (char)('a' + digit - '0')));

    private ExecutionRecord Failure(string message, DateTimeOffset at, int version = 3, string function = "load", int line = 2)
    {
        var execution = Sample.Failed(_tenant, message: message) with
        {
            Id = Guid.CreateVersion7(at),
            ScriptId = _script,
            Version = version,
            CreatedAt = at,
            StartedAt = at,
            FinishedAt = at,
            Error = new ExecutionError(message, line, 7, $"Error: {message}\n    at {function} ({line}:7)", "Error"),
        };
        return Sample.Record(execution);
    }

    private static ExecutionRecord With(ExecutionRecord record, Func<Execution, Execution> change) => record with { Execution = change(record.Execution) };

    private async Task StoreAsync(params ExecutionRecord[] records) => (await _rig.Delivery.StoreAsync(records, Stop)).ShouldBeEmpty();

    private async Task<IReadOnlyList<ErrorGroup>> ListAsync(ErrorFilter? filter = null) =>
        (await _errors.ListAsync(Owner, filter ?? new ErrorFilter(), new PageRequest(), Stop)).Value!.Items;

    private async Task<ErrorGroup> GetAsync(Guid id) => (await _errors.GetAsync(Owner, id, Stop)).Value!;
}
