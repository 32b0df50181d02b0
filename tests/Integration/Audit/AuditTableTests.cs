using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Audit;
using Sandbox.Supervisor.Database;
using Sandbox.Tests.Integration.Database;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Audit;

/// <summary>The audit's table: entries are added and grow old, and nothing else.</summary>
public sealed class AuditTableTests(PostgresServer server) : IAsyncLifetime
{
    private const int Patience = 60_000;
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private TestDatabase _database = null!;
    private AuditStore _store = null!;
    private Guid _tenant;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await server.NewDatabaseAsync();
        _tenant = await _database.NewTenantAsync("acme");
        _store = new AuditStore(_database.Db);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Theory(Timeout = Patience)]
    [InlineData("update sandbox.audit set actor_name = 'nobody'")]
    [InlineData("delete from sandbox.audit")]
    [InlineData("truncate sandbox.audit")]
    [InlineData("insert into sandbox.audit select * from sandbox.audit")]
    public async Task A_tenant_can_only_read(string sql)
    {
        await _store.InsertAsync(Entry(_time.GetUtcNow()), Stop);
        await using var tenant = await _database.AsTenantAsync(_tenant);

        (await tenant.ScalarAsync<long>("select count(*) from sandbox.audit")).ShouldBe(1);
        (await Should.ThrowAsync<PostgresException>(() => tenant.ExecAsync(sql)))
            .SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    [Fact(Timeout = Patience)]
    public async Task No_entry_changes_whoever_asks()
    {
        await _store.InsertAsync(Entry(_time.GetUtcNow()), Stop);
        await using var system = await _database.AsAsync(DatabaseRoles.System);
        await using var superuser = await _database.AsSuperuserAsync();
        const string sql = "update sandbox.audit set actor_name = 'nobody'";

        (await Should.ThrowAsync<PostgresException>(() => system.ExecAsync(sql)))
            .SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
        (await Should.ThrowAsync<PostgresException>(() => superuser.ExecAsync(sql))).MessageText.ShouldContain("never change");
    }

    [Fact(Timeout = Patience)]
    public async Task What_is_older_than_it_is_kept_goes_and_the_last_90_days_stay_whatever_is_asked()
    {
        foreach (var days in new[] { 1, 89, 91, 400 }) await _store.InsertAsync(Entry(_time.GetUtcNow().AddDays(-days)), Stop);

        (await _store.SweepAsync(_time.GetUtcNow().AddDays(-365), Stop)).ShouldBe(1);
        (await _store.SweepAsync(_time.GetUtcNow(), Stop)).ShouldBe(1);
        (await _store.ListAsync(_tenant, new AuditFilter(), new PageRequest(), Stop)).Items.Count.ShouldBe(2);
    }

    [Fact(Timeout = Patience)]
    public async Task An_entry_about_no_tenant_is_seen_by_superadmins_alone()
    {
        var entry = Entry(_time.GetUtcNow()) with { TenantId = null };
        await _store.InsertAsync(entry, Stop);

        (await _store.ListAsync(_tenant, new AuditFilter(), new PageRequest(), Stop)).Items.ShouldBeEmpty();
        (await _store.GetAsync(_tenant, entry.Id, Stop)).ShouldBeNull();
        (await _store.ListAllAsync(new AuditFilter(), new PageRequest(), Stop)).Items.ShouldHaveSingleItem().ShouldBe(entry);
    }

    [Fact(Timeout = Patience)]
    public async Task Names_that_are_no_unicode_come_back_as_they_were()
    {
        var entry = Entry(_time.GetUtcNow()) with { Target = new AuditTarget("script", null, "a\0b\ud800") };
        await _store.InsertAsync(entry, Stop);

        (await _store.GetAsync(_tenant, entry.Id, Stop)).ShouldBe(entry);
    }

    [Fact(Timeout = Patience)]
    public async Task The_61st_refusal_of_a_minute_and_those_after_it_are_one_entry_once_it_is_over()
    {
        var trail = Trail(_store);
        for (var i = 0; i < 100; i++) await trail.WriteAsync(Refused());
        await trail.WriteAsync(Refused() with { Actor = new AuditActor(PrincipalKind.Token, Guid.NewGuid(), "other") });
        await trail.WriteAsync(Entry(_time.GetUtcNow()));
        await trail.FlushAsync(openToo: false);

        (await CountAsync("actor_name = 'ci' and outcome = 'refused'")).ShouldBe(60);
        (await CountAsync("actor_name = 'other'")).ShouldBe(1);
        (await CountAsync("outcome = 'done'")).ShouldBe(1);

        _time.Advance(TimeSpan.FromMinutes(1));
        await trail.WriteAsync(Refused());
        await trail.FlushAsync(openToo: false);

        (await CountAsync("actor_name = 'ci' and outcome = 'refused'")).ShouldBe(62);
        (await CountAsync("repeated = 39")).ShouldBe(1);
        (await CountAsync("repeated > 0")).ShouldBe(1);
    }

    [Fact(Timeout = Patience)]
    public async Task A_stop_writes_the_count_of_the_minute_that_is_not_over()
    {
        var trail = Trail(_store);
        for (var i = 0; i < 62; i++) await trail.WriteAsync(Refused());

        await trail.FlushAsync(openToo: true);

        (await CountAsync("repeated = 1")).ShouldBe(1);
    }

    [Fact(Timeout = Patience)]
    public async Task An_entry_that_cannot_be_written_stops_nobody()
    {
        await using var closed = new Db();
        await Should.ThrowAsync<InvalidOperationException>(() => new AuditStore(closed).InsertAsync(Entry(_time.GetUtcNow()), Stop));

        await Should.NotThrowAsync(() => Trail(new AuditStore(closed)).WriteAsync(Entry(_time.GetUtcNow())));
    }

    private AuditTrail Trail(AuditStore store) => new(store, new AuditBound(_time), _time, NullLogger<AuditTrail>.Instance);

    private AuditEntry Refused() => Entry(_time.GetUtcNow()) with { Outcome = AuditOutcome.Refused, Code = Codes.NotAllowed };

    private AuditEntry Entry(DateTimeOffset at) => new()
    {
        Id = Guid.CreateVersion7(at),
        TenantId = _tenant,
        // As exact as the database is.
        At = new DateTimeOffset(at.UtcTicks - (at.UtcTicks % 10), TimeSpan.Zero),
        Actor = new AuditActor(PrincipalKind.Token, Guid.Empty, "ci"),
        Action = "scripts.create",
        Target = new AuditTarget("script", Guid.Empty, "price"),
        Outcome = AuditOutcome.Done,
        After = new RawJson("""{"name":"\u0000\ud800"}"""),
        Request = new AuditRequest("POST", "/api/v1/scripts", "1", "127.0.0.1", null),
    };

    private async Task<long> CountAsync(string condition)
    {
        await using var superuser = await _database.AsSuperuserAsync();
        return await superuser.ScalarAsync<long>($"select count(*) from sandbox.audit where {condition}");
    }
}
