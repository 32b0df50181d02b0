using Sandbox.Tests.Integration.Database;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Schedules;

/// <summary>What the scheduler decides about due times, on a real database and a clock of the test's.</summary>
public sealed class SchedulerTests(PostgresServer server)
{
    private const int Patience = 120_000;

    [Fact(Timeout = Patience)]
    public async Task An_occurrence_is_enqueued_once_when_it_is_due_and_not_before()
    {
        await using var rig = await ScheduleRig.CreateAsync(server, "2026-05-04T11:30:00");
        var script = await rig.AddAsync("0 * * * *");

        await rig.PassAsync("2026-05-04T11:59:59");
        (await rig.OccurrencesAsync(script)).ShouldBeEmpty();
        await rig.PassAsync("2026-05-04T12:00:00");
        await rig.PassAsync("2026-05-04T12:00:30");

        (await rig.OccurrencesAsync(script)).ShouldBe(["12:00:00 queued"]);
        (await rig.QueueAsync(script)).ShouldBe(["2026-05-04T12:00:00.000Z 0"]);
    }

    [Fact(Timeout = Patience)]
    public async Task What_comes_due_while_the_scheduler_looks_is_looked_at_again_at_once()
    {
        await using var rig = await ScheduleRig.CreateAsync(server, "2026-05-04T11:30:00");
        var script = await rig.AddAsync("0 * * * *");
        await rig.PassAsync("2026-05-04T11:59:50");
        rig.Time.AdjustTime(ScheduleRig.At("2026-05-04T11:59:58"));
        // The look for what is due is at 11:59:59, the one for what comes next at 12:00:00 or later.
        rig.Time.AutoAdvanceAmount = TimeSpan.FromSeconds(1);

        (await rig.Scheduler.PassAsync(TestContext.Current.CancellationToken)).ShouldBeLessThanOrEqualTo(TimeSpan.Zero);
        await rig.Scheduler.PassAsync(TestContext.Current.CancellationToken);

        (await rig.OccurrencesAsync(script)).ShouldBe(["12:00:00 queued"]);
    }

    [Fact(Timeout = Patience)]
    public async Task With_overlap_skip_what_is_due_while_an_earlier_one_waits_or_runs_is_skipped_and_says_which()
    {
        await using var rig = await ScheduleRig.CreateAsync(server, "2026-05-04T11:59:30");
        var script = await rig.AddAsync("* * * * *", overlap: "skip");
        await rig.PassAsync("2026-05-04T12:00:00");
        var first = (await rig.ExecutionsAsync(script)).ShouldHaveSingleItem();

        await rig.PassAsync("2026-05-04T12:01:00");
        await rig.ClaimAsync(script);
        await rig.PassAsync("2026-05-04T12:02:00");
        await rig.EmptyQueueAsync();
        await rig.PassAsync("2026-05-04T12:03:00");

        (await rig.OccurrencesAsync(script)).ShouldBe(["12:00:00 queued", "12:01:00 skipped", "12:02:00 skipped", "12:03:00 queued"]);
        var reasons = await rig.ReasonsAsync(script);
        reasons[0].ShouldBe($"The execution {first} of an earlier occurrence still waited, and the overlap policy is skip.");
        reasons[1].ShouldBe($"The execution {first} of an earlier occurrence still ran, and the overlap policy is skip.");
    }

    [Fact(Timeout = Patience)]
    public async Task With_overlap_queue_one_a_single_one_waits_beside_the_running_one()
    {
        await using var rig = await ScheduleRig.CreateAsync(server, "2026-05-04T11:59:30");
        var script = await rig.AddAsync("* * * * *", overlap: "queue_one");
        await rig.PassAsync("2026-05-04T12:00:00");
        await rig.ClaimAsync(script);

        await rig.PassAsync("2026-05-04T12:01:00");
        await rig.PassAsync("2026-05-04T12:02:00");

        (await rig.OccurrencesAsync(script)).ShouldBe(["12:00:00 queued", "12:01:00 queued", "12:02:00 skipped"]);
        (await rig.ReasonsAsync(script)).ShouldHaveSingleItem().ShouldContain((await rig.ExecutionsAsync(script))[1].ToString());
        // The second may not be claimed before the first has ended.
        (await rig.CountAsync("select count(distinct order_key) from sandbox.queue where order_key is not null")).ShouldBe(1);
    }

    [Fact(Timeout = Patience)]
    public async Task With_overlap_allow_every_one_is_enqueued_and_none_waits_for_another()
    {
        await using var rig = await ScheduleRig.CreateAsync(server, "2026-05-04T11:59:30");
        var script = await rig.AddAsync("* * * * *", overlap: "allow");

        foreach (var minute in Enumerable.Range(0, 3)) await rig.PassAsync($"2026-05-04T12:0{minute}:00");

        (await rig.OccurrencesAsync(script)).ShouldBe(["12:00:00 queued", "12:01:00 queued", "12:02:00 queued"]);
        (await rig.CountAsync("select count(*) from sandbox.queue where order_key is null")).ShouldBe(3);
    }

    [Theory(Timeout = Patience)]
    [InlineData("skip", "missed 72")]
    [InlineData("latest", "missed 71", "queued 1")]
    [InlineData("all", "queued 72")]
    public async Task After_a_stop_of_three_days_the_misfire_policy_decides(string misfire, params string[] statuses)
    {
        await using var rig = await ScheduleRig.CreateAsync(server, "2026-05-01T11:30:00");
        var script = await rig.AddAsync("0 * * * *", misfire: misfire);

        await rig.PassAsync("2026-05-04T11:30:00");

        (await rig.StatusesAsync(script)).ShouldBe(statuses);
        var queue = await rig.QueueAsync(script);
        if (misfire == "latest") queue.ShouldBe(["2026-05-04T11:00:00.000Z 71"]);
        if (misfire == "all") (queue[0], queue[^1]).ShouldBe(("2026-05-01T12:00:00.000Z 0", "2026-05-04T11:00:00.000Z 0"));
        if (misfire == "latest") (await rig.ReasonsAsync(script))[0].ShouldContain("2026-05-04T11:00:00Z");
    }

    [Fact(Timeout = Patience)]
    public async Task Misfire_all_catches_up_the_newest_hundred()
    {
        await using var rig = await ScheduleRig.CreateAsync(server, "2026-05-04T00:00:30");
        var script = await rig.AddAsync("* * * * *", misfire: "all");

        await rig.PassAsync("2026-05-04T10:00:30");

        // The last of 600 is not late yet, and is skipped: those that are caught up wait before it.
        (await rig.StatusesAsync(script)).ShouldBe(["missed 499", "queued 100", "skipped 1"]);
        (await rig.QueueAsync(script))[0].ShouldBe("2026-05-04T08:20:00.000Z 0");
    }

    [Fact(Timeout = Patience)]
    public async Task A_schedule_of_seconds_writes_ten_thousand_rows_after_a_long_stop_and_says_how_many_more_there_were()
    {
        await using var rig = await ScheduleRig.CreateAsync(server, "2026-05-01T00:00:00.5");
        var script = await rig.AddAsync("* * * * * *", misfire: "skip", overlap: "allow");

        await rig.PassAsync("2026-05-04T00:00:00");

        (await rig.StatusesAsync(script)).ShouldBe(["missed 9939", "queued 61"]);
        (await rig.ReasonsAsync(script))[0].ShouldEndWith(" 249200 due times before it have no row of their own.");
    }

    [Theory(Timeout = Patience)]
    [InlineData("30 2 * * *", "2026-03-29T00:00:00", "01:00:00 queued")]
    [InlineData("30 2 * * *", "2026-10-25T00:00:00", "00:30:00 queued")]
    [InlineData("0 * * * *", "2026-03-29T00:00:30", "01:00:00 queued", "02:00:00 queued", "03:00:00 queued")]
    [InlineData("0 * * * *", "2026-10-25T00:00:30", "01:00:00 queued", "02:00:00 queued", "03:00:00 queued")]
    public async Task Where_the_clock_is_changed_a_day_has_one_occurrence_and_every_hour_has_one(string cron, string start, params string[] expected)
    {
        await using var rig = await ScheduleRig.CreateAsync(server, start);
        var script = await rig.AddAsync(cron, timezone: "Europe/Berlin", overlap: "allow");

        for (var minute = 0; minute < 190; minute += 5)
        {
            rig.Time.AdjustTime(ScheduleRig.At(start).AddMinutes(minute));
            await ScheduleRig.PassAsync(rig.Scheduler);
        }

        // Every due time is looked at within 30 s, so none is a misfire.
        (await rig.OccurrencesAsync(script)).ShouldBe(expected);
    }

    [Fact(Timeout = Patience)]
    public async Task A_clock_that_is_set_back_runs_nothing_twice()
    {
        await using var rig = await ScheduleRig.CreateAsync(server, "2026-05-04T11:59:30");
        var script = await rig.AddAsync("* * * * *", overlap: "allow");
        foreach (var minute in Enumerable.Range(0, 10)) await rig.PassAsync($"2026-05-04T12:0{minute}:00");

        foreach (var minute in Enumerable.Range(5, 5)) await rig.PassAsync($"2026-05-04T12:0{minute}:01");
        await rig.PassAsync("2026-05-04T12:10:00");

        (await rig.OccurrencesAsync(script)).Count.ShouldBe(11);
        (await rig.QueueAsync(script)).ShouldBeUnique();
        (await rig.QueueAsync(script)).Count.ShouldBe(11);
    }

    [Fact(Timeout = Patience)]
    public async Task A_clock_that_comes_back_from_years_ahead_leaves_no_schedule_behind_there()
    {
        await using var rig = await ScheduleRig.CreateAsync(server, "2026-05-04T11:59:30");
        var script = await rig.AddAsync("0 * * * *");
        await rig.PassAsync("2026-05-04T12:00:00");
        await rig.EmptyQueueAsync();
        await rig.PassAsync("2031-05-04T12:30:00");
        await rig.EmptyQueueAsync();

        await rig.PassAsync("2026-05-04T12:30:00");
        await rig.PassAsync("2026-05-04T13:00:00");

        (await rig.QueueAsync(script)).ShouldBe(["2026-05-04T13:00:00.000Z 0"]);
        // What ran then stays, so that it does not run again; what was missed there is not missed yet.
        (await rig.StatusesAsync(script)).ShouldBe(["queued 3"]);
    }

    [Fact(Timeout = Patience)]
    public async Task Two_schedulers_on_one_database_make_every_occurrence_once()
    {
        const int scripts = 60;
        const int seconds = 20;
        await using var rig = await ScheduleRig.CreateAsync(server, "2026-05-04T12:00:00.5");
        foreach (var _ in Enumerable.Range(0, scripts)) await rig.AddAsync("* * * * * *", overlap: "allow");
        using var other = rig.NewScheduler();

        foreach (var second in Enumerable.Range(1, seconds))
        {
            rig.Time.AdjustTime(ScheduleRig.At("2026-05-04T12:00:00").AddSeconds(second));
            await Task.WhenAll(Enumerable.Range(0, 3).SelectMany(_ => new[] { ScheduleRig.PassAsync(rig.Scheduler), ScheduleRig.PassAsync(other) }));
        }

        (await rig.CountAsync("select count(*) from sandbox.occurrences where status = 'queued'")).ShouldBe(scripts * seconds);
        (await rig.CountAsync("select count(*) from sandbox.queue")).ShouldBe(scripts * seconds);
        (await rig.CountAsync("select count(*) from (select distinct script_id, trigger ->> 'scheduledFor' from sandbox.queue) q")).ShouldBe(scripts * seconds);
        (await rig.CountAsync("select count(*) from sandbox.queue q join sandbox.occurrences o on o.id = q.origin_id and o.execution_id = q.execution_id")).ShouldBe(scripts * seconds);
    }

    [Fact(Timeout = Patience)]
    public async Task A_disabled_script_skips_its_due_times_and_says_why()
    {
        await using var rig = await ScheduleRig.CreateAsync(server, "2026-05-04T11:30:00");
        var script = await rig.AddAsync("0 * * * *", enabled: false);

        await rig.PassAsync("2026-05-04T13:30:00");

        (await rig.OccurrencesAsync(script)).ShouldBe(["12:00:00 skipped", "13:00:00 skipped"]);
        (await rig.ReasonsAsync(script))[0].ShouldBe("The script is disabled: audit.");
        (await rig.QueueAsync(script)).ShouldBeEmpty();
    }

    [Fact(Timeout = Patience)]
    public async Task A_suspended_tenants_due_times_are_misfires_once_it_is_resumed()
    {
        await using var rig = await ScheduleRig.CreateAsync(server, "2026-05-04T11:30:00");
        var script = await rig.AddAsync("0 * * * *");
        await rig.ExecAsync("update sandbox.tenants set suspended = true");
        await rig.PassAsync("2026-05-04T13:30:00");
        (await rig.OccurrencesAsync(script)).ShouldBeEmpty();

        await rig.ExecAsync("update sandbox.tenants set suspended = false");
        await rig.PassAsync("2026-05-04T13:30:01");

        (await rig.OccurrencesAsync(script)).ShouldBe(["12:00:00 missed", "13:00:00 queued"]);
        (await rig.QueueAsync(script)).ShouldBe(["2026-05-04T13:00:00.000Z 1"]);
    }

    [Fact(Timeout = Patience)]
    public async Task A_schedule_that_cannot_be_read_stands_still_and_holds_up_no_other()
    {
        await using var rig = await ScheduleRig.CreateAsync(server, "2026-05-04T11:59:30");
        var broken = await rig.AddAsync("0 * * * *", timezone: "Mars/Olympus");
        var script = await rig.AddAsync("0 * * * *");

        await rig.PassAsync("2026-05-04T12:00:00");

        (await rig.OccurrencesAsync(broken)).ShouldBeEmpty();
        (await rig.OccurrencesAsync(script)).ShouldBe(["12:00:00 queued"]);
        (await rig.CountAsync("select count(*) from sandbox.schedules where next_at is null")).ShouldBe(1);
    }

    [Fact(Timeout = Patience)]
    public async Task Occurrences_are_removed_after_ninety_days_but_for_those_that_wait()
    {
        await using var rig = await ScheduleRig.CreateAsync(server, "2026-05-04T11:30:00");
        var script = await rig.AddAsync("0 * * * *");
        await rig.PassAsync("2026-05-04T14:30:00");
        await rig.ExecAsync("update sandbox.occurrences set created_at = '2026-05-04T14:30:00Z' where due_at <> '2026-05-04T13:00:00Z'");
        await rig.ExecAsync("update sandbox.occurrences set created_at = '2026-05-06T00:00:00Z' where due_at = '2026-05-04T13:00:00Z'");
        rig.Time.AdjustTime(ScheduleRig.At("2026-08-03T00:00:00"));

        await rig.Sweeper.RunAsync(TestContext.Current.CancellationToken);

        (await rig.OccurrencesAsync(script)).ShouldBe(["13:00:00 missed", "14:00:00 queued"]);
    }
}
