using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.History;
using Sandbox.Tests.Integration.Database;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Errors;

/// <summary>Failures as the history groups and counts them, and what is said of the groups.</summary>
public sealed class ErrorGroupTests(PostgresServer server) : IAsyncLifetime
{
    private const int Patience = 120_000;
    private static readonly DateTimeOffset s_now = ErrorRig.Now;
    private ErrorRig _rig = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _rig = await ErrorRig.NewAsync(server);

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact(Timeout = Patience)]
    public async Task Messages_of_one_template_are_one_group_with_counts_versions_and_the_last_failure()
    {
        await _rig.StoreAsync([.. Enumerable.Range(0, 200)
            .Select(n => _rig.Failure($"no order {n}", s_now.AddSeconds(-n), version: 3 + (n % 2)))]);
        var last = _rig.Failure("no order 201", s_now.AddSeconds(1), version: 5, line: 14);
        await _rig.StoreAsync(last);

        var group = (await _rig.ListAsync()).ShouldHaveSingleItem();

        (group.Message, group.Sample, group.Count).ShouldBe(("no order <n>", "no order 201", 201));
        (group.ScriptId, group.ScriptName, group.Code, group.ErrorName, group.Line, group.Function)
            .ShouldBe((_rig.Script, "price", Codes.ScriptError, "Error", 14, "load"));
        (group.FirstVersion, group.LastVersion).ShouldBe((4, 5));
        group.Versions.ShouldBe([3, 4, 5]);
        (group.FirstSeenAt, group.LastSeenAt).ShouldBe((s_now.AddSeconds(-199), s_now.AddSeconds(1)));
        (group.LastExecutionId, group.State, group.Trend).ShouldBe((last.Execution.Id, ErrorState.Open, null));
    }

    [Fact(Timeout = Patience)]
    public async Task A_failure_is_counted_once_however_often_it_is_delivered()
    {
        var record = _rig.Failure("no order 1", s_now);
        await _rig.StoreAsync(record, record);
        await _rig.StoreAsync(record);
        await _rig.StoreAsync(record, _rig.Failure("no order 2", s_now));
        using (var left = new TempDirectory())
        {
            // Killed between storing the record and forgetting it.
            new Journal(left.Path).Finished(record);
            await using var after = new HistoryRig(_rig.Database.Db, left.Path);
            await after.Writer.RecoverAsync(Stop);
        }

        var group = await _rig.GetAsync((await _rig.ListAsync()).ShouldHaveSingleItem().Id);
        group.Count.ShouldBe(2);
        group.Trend!.Sum(hour => hour.Count).ShouldBe(2);
    }

    [Fact(Timeout = Patience)]
    public async Task A_batch_that_is_refused_for_one_record_counts_each_of_its_failures_once()
    {
        var poison = Sample.Record(Sample.Completed(_rig.Tenant, output: "not json"));
        await _rig.StoreAsync([.. Enumerable.Range(0, 6).Select(n => _rig.Failure($"no order {n}", s_now)), poison]);

        (await _rig.ListAsync()).ShouldHaveSingleItem().Count.ShouldBe(6);
    }

    [Fact(Timeout = Patience)]
    public async Task Scripts_codes_and_functions_are_groups_of_their_own()
    {
        await _rig.StoreAsync(
            _rig.Failure("no", s_now),
            _rig.Failure("no", s_now, function: "save"),
            With(_rig.Failure("no", s_now), execution => execution with { Code = Codes.HttpError }),
            With(_rig.Failure("no", s_now), execution => execution with { ScriptId = Guid.CreateVersion7() }),
            With(_rig.Failure("no", s_now), execution => execution with { Status = ExecutionStatus.Timeout, Code = Codes.Timeout }));

        (await _rig.ListAsync()).Select(group => group.Count).ShouldBe([1, 1, 1, 1, 1]);
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
        var failure = _rig.Failure("no", s_now);
        await _rig.StoreAsync(With(failure, execution => execution with { Code = code, StartedAt = began ? s_now : null }));

        (await _rig.ListAsync()).Count.ShouldBe(groups);
    }

    [Fact(Timeout = Patience)]
    public async Task What_completed_was_cancelled_or_was_a_dry_run_is_in_no_group()
    {
        await _rig.StoreAsync(
            Sample.Record(Sample.Completed(_rig.Tenant)),
            With(_rig.Failure("no", s_now), execution => execution with { Status = ExecutionStatus.Cancelled, Code = null, Error = null }),
            With(_rig.Failure("no", s_now), execution => execution with { Cause = new Cause("dry_run", "0197") }));

        (await _rig.ListAsync()).ShouldBeEmpty();
    }

    [Fact(Timeout = Patience)]
    public async Task Only_a_version_after_the_one_it_is_resolved_in_opens_it_again()
    {
        await _rig.StoreAsync(_rig.Failure("no", s_now, version: 3));
        var id = (await _rig.ListAsync()).Single().Id;

        // There is no script of that id here: the version that was seen last stands for the live one.
        var resolved = (await _rig.Errors.ResolveAsync(_rig.Owner, id, version: null, Stop)).Value!;
        (resolved.State, resolved.ResolvedInVersion, resolved.UpdatedBy).ShouldBe((ErrorState.Resolved, 3, "test"));
        await _rig.StoreAsync(_rig.Failure("no", s_now.AddSeconds(1), version: 3), _rig.Failure("no", s_now.AddSeconds(2), version: 2));
        var same = await _rig.GetAsync(id);
        (same.State, same.Count, same.RegressedAt).ShouldBe((ErrorState.Resolved, 3, null));

        await _rig.StoreAsync(_rig.Failure("no", s_now.AddSeconds(3), version: 4));
        var regressed = await _rig.GetAsync(id);
        (regressed.State, regressed.Count, regressed.ResolvedInVersion, regressed.RegressedAt)
            .ShouldBe((ErrorState.Open, 4, 3, s_now.AddSeconds(3)));

        var again = (await _rig.Errors.ResolveAsync(_rig.Owner, id, version: 9, Stop)).Value!;
        (again.State, again.ResolvedInVersion, again.RegressedAt).ShouldBe((ErrorState.Resolved, 9, null));
    }

    [Fact(Timeout = Patience)]
    public async Task An_ignored_one_opens_when_it_is_seen_after_its_time_or_never()
    {
        await _rig.StoreAsync(_rig.Failure("a", s_now), _rig.Failure("b", s_now));
        var a = (await _rig.ListAsync(new ErrorFilter { Text = "a" })).Single().Id;
        var b = (await _rig.ListAsync(new ErrorFilter { Text = "b" })).Single().Id;
        (await _rig.Errors.IgnoreAsync(_rig.Owner, a, s_now.AddHours(1), Stop)).Value!.IgnoredUntil.ShouldBe(s_now.AddHours(1));
        (await _rig.Errors.IgnoreAsync(_rig.Owner, b, until: null, Stop)).Value!.State.ShouldBe(ErrorState.Ignored);

        await _rig.StoreAsync(_rig.Failure("a", s_now.AddMinutes(59)), _rig.Failure("b", s_now.AddMinutes(59)));
        (await _rig.GetAsync(a)).State.ShouldBe(ErrorState.Ignored);
        await _rig.StoreAsync(_rig.Failure("a", s_now.AddHours(1)), _rig.Failure("b", s_now.AddYears(1)));

        var opened = await _rig.GetAsync(a);
        (opened.State, opened.IgnoredUntil, opened.Count).ShouldBe((ErrorState.Open, null, 3));
        (await _rig.GetAsync(b)).State.ShouldBe(ErrorState.Ignored);
        (await _rig.Errors.ReopenAsync(_rig.Owner, b, Stop)).Value!.State.ShouldBe(ErrorState.Open);
    }

    [Fact(Timeout = Patience)]
    public async Task A_trend_has_the_last_24_hours_and_those_without_a_failure_too()
    {
        await _rig.StoreAsync(
            _rig.Failure("no", s_now),
            _rig.Failure("no", s_now.AddMinutes(-1)),
            _rig.Failure("no", s_now.AddHours(-23)),
            _rig.Failure("no", s_now.AddHours(-24)));

        var trend = (await _rig.GetAsync((await _rig.ListAsync()).Single().Id)).Trend!;

        trend.Count.ShouldBe(24);
        (trend[0], trend[^1]).ShouldBe((new ErrorHour(s_now.AddMinutes(-30).AddHours(-23), 1), new ErrorHour(s_now.AddMinutes(-30), 2)));
        trend.Sum(hour => hour.Count).ShouldBe(3);
    }

    [Fact(Timeout = Patience)]
    public async Task Groups_are_listed_page_by_page_the_last_seen_first_by_their_filters()
    {
        var failures = "abcdefg".Select((letter, n) => _rig.Failure($"message {letter}", s_now.AddSeconds(-(n / 2)), version: n + 1));
        await _rig.StoreAsync([.. failures]);

        var seen = new List<ErrorGroup>();
        for (string? cursor = null; ;)
        {
            var page = (await _rig.Errors.ListAsync(_rig.Owner, new ErrorFilter(), new PageRequest(2, cursor), Stop)).Value!;
            seen.AddRange(page.Items);
            if ((cursor = page.NextCursor) is null) break;
        }

        seen.Select(group => group.Id).ShouldBeUnique();
        seen.Select(group => (group.LastSeenAt - s_now).TotalSeconds).ShouldBe([0, 0, -1, -1, -2, -2, -3]);
        var c = (await _rig.ListAsync(new ErrorFilter { Version = 3 })).Single();
        c.Message.ShouldBe("message c");
        (await _rig.ListAsync(new ErrorFilter { Text = "MESSAGE C" })).Single().Id.ShouldBe(c.Id);
        var between = await _rig.ListAsync(new ErrorFilter { From = s_now.AddSeconds(-1), To = s_now });
        between.Select(group => group.Message).Order().ShouldBe(["message c", "message d"]);
        var all = new ErrorFilter { Script = _rig.Script.ToString(), Code = Codes.ScriptError, State = ErrorState.Open };
        (await _rig.ListAsync(all)).Count.ShouldBe(7);
        (await _rig.ListAsync(new ErrorFilter { State = ErrorState.Ignored })).ShouldBeEmpty();
        (await _rig.ListAsync(new ErrorFilter { Script = "other" })).ShouldBeEmpty();
        (await _rig.ListAsync(new ErrorFilter { Code = Codes.Timeout })).ShouldBeEmpty();
        var unreadable = new PageRequest(2, Cursor.Of("yesterday"));
        await Should.ThrowAsync<UnreadableCursorException>(() => _rig.Errors.ListAsync(_rig.Owner, new ErrorFilter(), unreadable, Stop));
    }

    [Fact(Timeout = Patience)]
    public async Task A_foreign_tenant_sees_nothing_and_changes_nothing()
    {
        await _rig.StoreAsync(_rig.Failure("no", s_now));
        var id = (await _rig.ListAsync()).Single().Id;
        var stranger = Principal.System("test", await _rig.Database.NewTenantAsync("other"));

        (await _rig.Errors.ListAsync(stranger, new ErrorFilter(), new PageRequest(), Stop)).Value!.Items.ShouldBeEmpty();
        (await _rig.Errors.GetAsync(stranger, id, Stop)).Problem!.Status.ShouldBe(404);
        (await _rig.Errors.ResolveAsync(stranger, id, 1, Stop)).Problem!.Status.ShouldBe(404);
        (await _rig.Errors.IgnoreAsync(stranger, id, null, Stop)).Problem!.Status.ShouldBe(404);
        (await _rig.Errors.ReopenAsync(stranger, id, Stop)).Problem!.Status.ShouldBe(404);
        (await _rig.GetAsync(id)).State.ShouldBe(ErrorState.Open);
    }

    [Fact(Timeout = Patience)]
    public async Task Batches_that_are_stored_at_the_same_time_lose_no_count()
    {
        string[] messages = ["a", "b", "c", "d", "e", "f"];
        var random = new Random(1);
        var batches = Enumerable.Range(0, 40)
            .Select(_ => messages.Select(message => _rig.Failure(message, s_now)).OrderBy(_ => random.Next()).ToArray())
            .ToArray();

        await Task.WhenAll(batches.Select(batch => _rig.History.Store.WriteAsync(batch, note: null, Stop)));

        (await _rig.ListAsync()).Select(group => group.Count).ShouldBe(Enumerable.Repeat(40L, messages.Length));
    }

    [Fact(Timeout = Patience)]
    public async Task Any_text_of_a_script_can_be_a_sample_a_name_and_a_function()
    {
        var error = new ExecutionError(Sample.Wild + new string('\ud800', 3_000), 2, 7, null, Sample.Wild);
        var stack = $"{error.Name}: {error.Message}\n    at {Sample.Wild} (2:7)";
        await _rig.StoreAsync(With(_rig.Failure("", s_now), execution => execution with { Error = error with { Stack = stack } }));

        var group = (await _rig.ListAsync()).Single();

        (group.Sample, group.ErrorName, group.Function).ShouldBe((error.Message[..2_000], Sample.Wild, Sample.Wild));
    }

    private static ExecutionRecord With(ExecutionRecord record, Func<Execution, Execution> change) =>
        record with { Execution = change(record.Execution) };
}
