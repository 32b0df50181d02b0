using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Alerts;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Alerts;

public sealed class AlertBookTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 2, 0, 0, TimeSpan.Zero);
    private static readonly Guid Tenant = Guid.CreateVersion7();
    private static readonly Guid Script = Guid.CreateVersion7();

    private readonly Dictionary<Guid, TrackedAlert> _alerts = [];
    private readonly Dictionary<(Guid, Guid), int> _watches = [];
    private DateTimeOffset? _quietUntil;

    [Fact]
    public void A_storm_is_one_message_with_a_count()
    {
        var rule = Rule(AlertCondition.Failure) with { WaitS = 10 };
        for (var second = 0; second < 10; second++) Round(rule, Start.AddSeconds(second), Failed(50)).ShouldBeEmpty();

        var message = Round(rule, Start.AddSeconds(10), Failed(50)).ShouldHaveSingleItem();

        var body = AlertText.Of(message);
        body.Count.ShouldBe(550);
        body.Summary.ShouldBe("[acme] nightly failed 550 times (SCRIPT_ERROR): boom");
        body.Alerts.ShouldHaveSingleItem().Count.ShouldBe(550);
    }

    [Fact]
    public void Many_scripts_that_fail_together_are_one_message()
    {
        var rule = Rule(AlertCondition.Failure) with { WaitS = 0 };
        Signal[] signals = [.. Enumerable.Range(0, 200).Select(i => Failed(1) with { ScriptId = Guid.CreateVersion7(), ScriptName = $"script-{i}" })];

        var body = AlertText.Of(Round(rule, Start, signals).ShouldHaveSingleItem());

        body.Count.ShouldBe(200);
        body.Summary.ShouldContain("and 199 more alerts");
        (body.Alerts.Count + body.More).ShouldBe(200);
    }

    [Fact]
    public void Between_two_messages_is_the_throttle_and_nothing_that_happened_is_left_out()
    {
        var rule = Rule(AlertCondition.Failure) with { WaitS = 0, ThrottleS = 300 };
        AlertText.Of(Round(rule, Start, Failed(1)).ShouldHaveSingleItem()).Count.ShouldBe(1);
        for (var second = 10; second < 300; second += 10) Round(rule, Start.AddSeconds(second), Failed(2)).ShouldBeEmpty();

        AlertText.Of(Round(rule, Start.AddSeconds(300)).ShouldHaveSingleItem()).Count.ShouldBe(58);
        Round(rule, Start.AddSeconds(700)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true, "nightly: it works again")]
    [InlineData(false, null)]
    public void Recovery_is_told_where_the_rule_says_so(bool tells, string? text)
    {
        var rule = Rule(tells ? [AlertCondition.Failure, AlertCondition.Recovery] : [AlertCondition.Failure]) with { WaitS = 0, ThrottleS = 0 };
        Round(rule, Start, Failed(1)).ShouldHaveSingleItem();

        var messages = Round(rule, Start.AddHours(1), Succeeded());

        messages.Select(message => AlertText.Of(message).Alerts[0].Text).ShouldBe(text is null ? [] : [text]);
        _alerts.Values.ShouldHaveSingleItem().ClosedAt.ShouldBe(Start.AddHours(1));
        _watches.ShouldBeEmpty();
    }

    [Fact]
    public void Trouble_that_ended_before_anyone_was_told_is_told_with_its_end()
    {
        var rule = Rule(AlertCondition.Failure) with { WaitS = 10 };
        Round(rule, Start, Failed(3)).ShouldBeEmpty();
        Round(rule, Start.AddSeconds(5), Succeeded()).ShouldBeEmpty();

        AlertText.Of(Round(rule, Start.AddSeconds(10)).ShouldHaveSingleItem()).Alerts[0].Text.ShouldBe("nightly failed 3 times (SCRIPT_ERROR): boom; it works again");
    }

    [Fact]
    public void Trouble_that_comes_and_goes_is_one_alert()
    {
        var rule = Rule(AlertCondition.Failure);
        for (var minute = 0; minute < 50; minute += 2)
        {
            Round(rule, Start.AddMinutes(minute), Failed(1));
            Round(rule, Start.AddMinutes(minute + 1), Succeeded());
        }

        _alerts.Values.ShouldHaveSingleItem().Count.ShouldBe(25);
        Round(rule, Start.AddMinutes(60));
        Round(rule, Start.AddMinutes(49).AddHours(2), Failed(1));
        _alerts.Count.ShouldBe(2);
    }

    [Fact]
    public void Repeated_failures_are_counted_over_rounds_and_a_success_between_begins_anew()
    {
        var rule = Rule(AlertCondition.RepeatedFailure) with { Failures = 3 };
        Round(rule, Start, Failed(2));
        Round(rule, Start, Succeeded() with { Failures = 1, FailuresAfter = 1 });
        Round(rule, Start, Failed(1));
        _alerts.ShouldBeEmpty();

        Round(rule, Start, Failed(1));
        _alerts.Values.ShouldHaveSingleItem().Count.ShouldBe(3);
        Round(rule, Start, Failed(2));
        _alerts.Values.ShouldHaveSingleItem().Count.ShouldBe(5);

        Round(rule, Start, Succeeded() with { Failures = 1, FailuresAfter = 1 });
        _alerts.Values.ShouldHaveSingleItem().ClosedAt.ShouldNotBeNull();
    }

    [Fact]
    public void A_rule_is_about_its_script_and_kinds_alone()
    {
        var of = new Func<AlertRule, AlertRule>(rule =>
        {
            Round(rule, Start, Failed(1));
            return rule;
        });
        of(Rule(AlertCondition.Failure) with { Script = Guid.CreateVersion7() });
        of(Rule(AlertCondition.Failure) with { Kinds = [ScriptKind.Http] });
        of(Rule(AlertCondition.Missed));
        _alerts.ShouldBeEmpty();

        of(Rule(AlertCondition.Failure) with { Script = Script, Kinds = [ScriptKind.Scheduled] });
        _alerts.Values.ShouldHaveSingleItem();
    }

    [Fact]
    public void Another_tenants_signal_is_no_alert_of_this_ones_rule()
    {
        Round(Rule(AlertCondition.Failure), Start, Failed(1) with { TenantId = Guid.CreateVersion7() });
        _alerts.ShouldBeEmpty();
    }

    [Fact]
    public void Missed_due_times_are_counted_and_end_with_the_next_success()
    {
        var rule = Rule(AlertCondition.Missed) with { WaitS = 0 };
        var body = AlertText.Of(Round(rule, Start, Missed(4)).ShouldHaveSingleItem());
        body.Summary.ShouldBe("[acme] nightly did not run 4 times when it was due: Nothing ran.");
        _watches.ShouldHaveSingleItem();

        Round(rule, Start.AddMinutes(1), Succeeded());
        _alerts.Values.ShouldHaveSingleItem().ClosedAt.ShouldNotBeNull();
    }

    [Fact]
    public void What_is_late_is_an_alert_after_the_rules_time_and_ends_when_it_starts()
    {
        var rule = Rule(AlertCondition.Late) with { LateAfterS = 60, WaitS = 0 };
        var late = Stands(AlertCondition.Late, 1) with { Since = Start, Message = "due at 2026-03-01 02:00:00Z, and it has not started" };
        Stand(rule, Start.AddSeconds(59), late).ShouldBeEmpty();

        AlertText.Of(Stand(rule, Start.AddSeconds(61), late).ShouldHaveSingleItem()).Summary
            .ShouldBe("[acme] nightly is late: due at 2026-03-01 02:00:00Z, and it has not started");
        Stand(rule, Start.AddSeconds(70), late).ShouldBeEmpty();
        Stand(rule, Start.AddSeconds(80));
        _alerts.Values.ShouldHaveSingleItem().ClosedAt.ShouldBe(Start.AddSeconds(80));
    }

    [Fact]
    public void A_paused_script_is_told_once_more_each_day_while_it_holds_work()
    {
        var rule = Rule(AlertCondition.Paused) with { WaitS = 0 };
        var paused = Stands(AlertCondition.Paused, 1) with { HoldsWork = true, Message = "20 executions in a row failed" };
        Stand(rule, Start, paused).ShouldHaveSingleItem();
        Stand(rule, Start.AddHours(23), paused).ShouldBeEmpty();
        Stand(rule, Start.AddHours(24), paused).ShouldHaveSingleItem();
        Stand(rule, Start.AddHours(25), paused).ShouldBeEmpty();
        Stand(rule, Start.AddHours(50), paused with { HoldsWork = false }).ShouldBeEmpty();
        Stand(rule, Start.AddHours(51), paused).ShouldHaveSingleItem();
    }

    [Fact]
    public void Dead_letters_are_an_alert_from_the_rules_count_on_and_again_when_they_grow()
    {
        var rule = Rule(AlertCondition.DeadLetters) with { DeadLetters = 10, WaitS = 0, ThrottleS = 0 };
        Stand(rule, Start, Stands(AlertCondition.DeadLetters, 9)).ShouldBeEmpty();
        Stand(rule, Start, Stands(AlertCondition.DeadLetters, 10)).ShouldHaveSingleItem();
        Stand(rule, Start, Stands(AlertCondition.DeadLetters, 10)).ShouldBeEmpty();
        AlertText.Of(Stand(rule, Start, Stands(AlertCondition.DeadLetters, 14)).ShouldHaveSingleItem()).Alerts[0].Text.ShouldBe("nightly has 14 open dead letters");
        Stand(rule, Start, Stands(AlertCondition.DeadLetters, 9));
        _alerts.Values.ShouldHaveSingleItem().ClosedAt.ShouldNotBeNull();
    }

    [Fact]
    public void Alerts_of_a_rule_that_is_gone_end_and_nobody_is_told()
    {
        Round(Rule(AlertCondition.Failure) with { WaitS = 60 }, Start, Failed(1)).ShouldBeEmpty();

        Round(Rule(AlertCondition.Failure) with { Name = "another", WaitS = 0 }, Start.AddSeconds(120)).ShouldBeEmpty();

        var alert = _alerts.Values.ShouldHaveSingleItem();
        (alert.ClosedAt, alert.PendingSince).ShouldBe((Start.AddSeconds(120), null));
    }

    [Fact]
    public void A_rule_without_channels_keeps_alerts_and_sends_none()
    {
        Round(Rule(AlertCondition.Failure) with { Channels = [], WaitS = 0 }, Start, Failed(2)).ShouldBeEmpty();

        var alert = _alerts.Values.ShouldHaveSingleItem();
        (alert.Count, alert.ToldAt, alert.PendingSince).ShouldBe((2L, null, null));
    }

    private static AlertRule Rule(params AlertCondition[] on) =>
        new("default", true, on, null, [], ["ops"], 3, 300, 100, 10, 300, Start, Start);

    private static Signal Failed(int count) =>
        new(Tenant, Script, "nightly", ScriptKind.Scheduled, false, count, count, 0, Guid.CreateVersion7(), "SCRIPT_ERROR", "boom", Start);

    private static Signal Succeeded() => new(Tenant, Script, "nightly", ScriptKind.Scheduled, true, 0, 0, 0, null, null, null, Start);

    private static Signal Missed(int count) => new(Tenant, Script, "nightly", ScriptKind.Scheduled, false, 0, 0, count, null, null, "Nothing ran.", Start);

    private static Standing Stands(AlertCondition condition, long count) => new(Tenant, Script, "nightly", ScriptKind.Scheduled, condition, count, Start, null);

    private IReadOnlyList<PlannedMessage> Round(AlertRule rule, DateTimeOffset now, params Signal[] signals) => Run(rule, now, book =>
    {
        foreach (var signal in signals) book.Apply(signal with { At = now });
    });

    private IReadOnlyList<PlannedMessage> Stand(AlertRule rule, DateTimeOffset now, params Standing[] standing) => Run(rule, now, book => book.Apply(standing));

    /// <summary>As a round does with a database.</summary>
    private IReadOnlyList<PlannedMessage> Run(AlertRule rule, DateTimeOffset now, Action<AlertBook> apply)
    {
        var known = _alerts.Values.Where(alert => alert.ClosedAt is null || alert.PendingSince is not null || alert.ClosedAt > now - AlertBook.Reopens);
        var book = new AlertBook([new TenantRule(Tenant, "acme", rule, _quietUntil)], known, _watches.Select(pair => pair), now);
        apply(book);
        book.CloseOrphans();
        var messages = book.Tell();
        foreach (var alert in book.Changed) _alerts[alert.Id] = alert;
        foreach (var (script, failures) in book.Rewatched)
        {
            if (failures is { } count) _watches[script] = count;
            else _watches.Remove(script);
        }

        if (messages.Count > 0) _quietUntil = now.AddSeconds(rule.ThrottleS);
        return messages;
    }
}
