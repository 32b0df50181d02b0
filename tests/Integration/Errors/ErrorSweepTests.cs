using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Errors;
using Sandbox.Tests.Integration.Database;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Errors;

/// <summary>How many groups a tenant has, and for how long.</summary>
public sealed class ErrorSweepTests(PostgresServer server) : IAsyncLifetime
{
    private const int Patience = 120_000;
    private static readonly DateTimeOffset s_now = ErrorRig.Now;
    private ErrorRig _rig = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _rig = await ErrorRig.NewAsync(server);

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact(Timeout = Patience)]
    public async Task The_sweeper_removes_what_is_old_and_then_the_closed_and_the_least_recent_beyond_a_thousand()
    {
        await _rig.StoreAsync(_rig.Failures(ErrorSweepStore.KeptMax + 1));
        await _rig.StoreAsync(_rig.Failure("newest", s_now.AddSeconds(1)), _rig.Failure("old", s_now.AddDays(-31)));
        var newest = (await _rig.ListAsync(new ErrorFilter { Text = "newest" })).Single().Id;
        (await _rig.Errors.ResolveAsync(_rig.Owner, newest, 3, Stop)).Problem.ShouldBeNull();

        await new ErrorSweepStore(_rig.Database.Db).SweepAsync(s_now.AddDays(-30), s_now.AddHours(-1), Stop);

        await using var admin = await _rig.Database.AsSuperuserAsync();
        (await admin.ScalarAsync<long>("select count(*) from sandbox.error_groups")).ShouldBe(ErrorSweepStore.KeptMax);
        (await admin.ScalarAsync<long>("select count(*) from sandbox.error_groups where message in ('newest', 'old')")).ShouldBe(0);
        (await _rig.ListAsync(new ErrorFilter { To = s_now.AddSeconds(-ErrorSweepStore.KeptMax + 1) })).ShouldBeEmpty();
    }

    [Fact(Timeout = Patience)]
    public async Task The_sweeper_removes_hours_that_no_trend_shows_and_keeps_their_count()
    {
        await _rig.StoreAsync(_rig.Failure("no", s_now), _rig.Failure("no", s_now.AddHours(-30)));

        await new ErrorSweepStore(_rig.Database.Db).SweepAsync(s_now.AddDays(-30), s_now.AddHours(-24), Stop);

        await using var admin = await _rig.Database.AsSuperuserAsync();
        (await admin.ScalarAsync<long>("select count(*) from sandbox.error_hours")).ShouldBe(1);
        (await _rig.ListAsync()).Single().Count.ShouldBe(2);
    }

    [Fact(Timeout = Patience)]
    public async Task A_tenant_with_too_many_groups_gets_no_new_one_and_counts_on_in_those_it_has()
    {
        await _rig.StoreAsync(_rig.Failures(ErrorWriteStore.GroupsMax));

        await _rig.StoreAsync(_rig.Failure("one too many", s_now), _rig.Failure($"{ErrorRig.Word(7)} failed", s_now));

        (await _rig.ListAsync(new ErrorFilter { Text = "too many" })).ShouldBeEmpty();
        (await _rig.ListAsync(new ErrorFilter { Text = $"{ErrorRig.Word(7)} failed" })).Single().Count.ShouldBe(2);
    }
}
