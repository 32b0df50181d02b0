using Npgsql;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.Scripts;
using Sandbox.Supervisor.Tenants;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Database;

public sealed class StoreTests(PostgresServer server) : IAsyncLifetime
{
    private const int Patience = 120_000;
    private TestDatabase _database = null!;
    private TenantStore _tenants = null!;
    private ScriptStore _scripts = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await server.NewDatabaseAsync();
        _tenants = new TenantStore(_database.Db);
        _scripts = new ScriptStore(_database.Db);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact(Timeout = Patience)]
    public async Task A_tenant_comes_back_as_it_was_made_and_changes_only_from_the_state_that_was_seen()
    {
        var cancel = TestContext.Current.CancellationToken;
        var tenant = NewTenant("acme") with { Name = Sample.Wild, Hosts = ["acme.localhost", "b.example"], Limits = new TenantLimits { Concurrency = 3, ExecutionsPerDay = 7, CallsPerMinute = 9, HistoryBytes = 5 }, Egress = new TenantEgress { Hosts = ["*.example.com"], PrivateHosts = ["erp:80"] } };
        var made = (await _tenants.CreateAsync(tenant, cancel)).Value.ShouldNotBeNull();
        (made with { CreatedAt = default, UpdatedAt = default, Hosts = [], Egress = tenant.Egress }).ShouldBe(tenant with { CreatedAt = default, UpdatedAt = default, Hosts = [] });
        made.Egress.PrivateHosts.ShouldBe(["erp:80"]);
        made.Egress.Hosts.ShouldBe(["*.example.com"]);
        made.Hosts.ShouldBe(tenant.Hosts);

        var changed = (await _tenants.UpdateAsync(made with { Hosts = ["b.example", "c.example"], Suspended = true }, made.UpdatedAt, cancel)).Value.ShouldNotBeNull();
        changed.Hosts.ShouldBe(["b.example", "c.example"]);
        changed.UpdatedAt.ShouldBeGreaterThan(made.UpdatedAt);
        (await _tenants.UpdateAsync(made, made.UpdatedAt, cancel)).Problem!.Status.ShouldBe(412);
        (await _tenants.GetAsync("acme", cancel))!.Suspended.ShouldBeTrue();
        (await _tenants.GetAsync(made.Id, cancel))!.Slug.ShouldBe("acme");
    }

    [Fact(Timeout = Patience)]
    public async Task A_taken_slug_or_host_is_a_conflict_and_changes_nothing()
    {
        var cancel = TestContext.Current.CancellationToken;
        await _tenants.CreateAsync(NewTenant("first") with { Hosts = ["one.example"] }, cancel);

        (await _tenants.CreateAsync(NewTenant("first"), cancel)).Problem!.Errors[0].Field.ShouldBe("slug");
        (await _tenants.CreateAsync(NewTenant("second") with { Hosts = ["one.example"] }, cancel)).Problem!.Errors[0].Field.ShouldBe("hosts");

        (await _tenants.AllAsync(cancel)).Select(tenant => tenant.Slug).ShouldBe(["first"]);
    }

    [Fact(Timeout = Patience)]
    public async Task Tenants_are_paged_by_slug()
    {
        var cancel = TestContext.Current.CancellationToken;
        foreach (var slug in new[] { "ddd", "aaa", "ccc", "bbb", "eee" })
            await _tenants.CreateAsync(NewTenant(slug), cancel);

        var seen = new List<string>();
        for (string? cursor = null; ;)
        {
            var page = await _tenants.ListAsync(new PageRequest(2, cursor), cancel);
            seen.AddRange(page.Items.Select(tenant => tenant.Slug));
            if ((cursor = page.NextCursor) is null)
                break;
        }

        seen.ShouldBe(["aaa", "bbb", "ccc", "ddd", "eee"]);
        await Should.ThrowAsync<UnreadableCursorException>(() => _tenants.ListAsync(new PageRequest(2, "no cursor!"), cancel));
    }

    [Fact(Timeout = Patience)]
    public async Task A_deleted_tenant_takes_all_that_is_its_own_with_it_and_nothing_else()
    {
        var cancel = TestContext.Current.CancellationToken;
        var labels = new Dictionary<string, string>(StringComparer.Ordinal) { ["order"] = "7" };
        var (gone, stays) = (NewTenant("gone"), NewTenant("stays"));
        foreach (var tenant in new[] { gone, stays })
        {
            await _tenants.CreateAsync(tenant with { Hosts = [tenant.Slug + ".example"] }, cancel);
            await _scripts.CreateAsync(NewScript(tenant.Id, "price"), "me", cancel);
            using var journal = new TempDirectory();
            await using var rig = new HistoryRig(_database.Db, journal.Path);
            var record = Sample.Record(Sample.Completed(tenant.Id) with { Labels = labels }, RecordPolicy.All, Sample.Line(1, "line"));
            await rig.Delivery.StoreAsync([record with { Calls = [Sample.Call()] }], cancel);
        }

        (await _tenants.DeleteAsync(gone.Id, cancel)).ShouldBeTrue();

        (await _tenants.DeleteAsync(gone.Id, cancel)).ShouldBeFalse();
        await using var admin = await _database.AsSuperuserAsync();
        string[] tables =
        [
            "tenant_hosts", "scripts", "script_versions", "usage",
            "executions", "execution_payloads", "execution_logs", "execution_calls", "execution_labels",
        ];
        foreach (var table in tables)
            (await admin.ColumnAsync<Guid>($"select tenant_id from sandbox.{table}")).ShouldBe([stays.Id], table);
    }

    [Fact(Timeout = Patience)]
    public async Task A_script_comes_back_as_it_was_made_with_every_version_it_had()
    {
        var cancel = TestContext.Current.CancellationToken;
        var tenant = await _database.NewTenantAsync("demo");
        var script = NewScript(tenant, "price") with
        {
            Title = Sample.Wild,
            Description = "d",
            Source = "return '" + Sample.Wild + "'",
            Tags = ["a", Sample.Wild],
            Kind = ScriptKind.Http,
            Record = RecordPolicy.Errors,
            Trigger = new RawJson("""{"path":"/x","methods":["GET"]}"""),
            Retry = new RawJson("""{"attempts":2}"""),
            Uses = new RawJson("""{"email":true}"""),
            InputSchema = new RawJson("""{"a":1e400}"""),
            Limits = new ScriptLimits { TimeoutMs = 5_000, Calls = 3, Concurrency = 2, MemoryBytes = 33_554_432, OutputBytes = 2_048 },
        };
        var made = (await _scripts.CreateAsync(script, "me", cancel)).Value.ShouldNotBeNull();
        (made with { CreatedAt = default, UpdatedAt = default, Tags = [] }).ShouldBe(script with { CreatedAt = default, UpdatedAt = default, Tags = [] });
        made.Tags.ShouldBe(script.Tags);

        var second = made with { Source = "return 2", Version = 2, VersionId = Guid.CreateVersion7(), Enabled = false, DisabledReason = "why" };
        var changed = (await _scripts.UpdateAsync(second, made, "you", cancel)).Value.ShouldNotBeNull();
        changed.Version.ShouldBe(2);
        (await _scripts.UpdateAsync(second, made, "you", cancel)).Problem!.Status.ShouldBe(412);

        var versions = (await _scripts.VersionsAsync(tenant, made.Id, new PageRequest(1), cancel));
        versions.Items[0].Source.ShouldBe("return 2");
        var older = (await _scripts.VersionsAsync(tenant, made.Id, new PageRequest(1, versions.NextCursor), cancel));
        older.Items[0].Source.ShouldBe(script.Source);
        older.NextCursor.ShouldBeNull();
        (await _scripts.VersionAsync(tenant, made.Id, 1, cancel))!.CreatedBy.ShouldBe("me");
        (await _scripts.GetAsync(tenant, "price", cancel))!.Version.ShouldBe(2);
    }

    [Fact(Timeout = Patience)]
    public async Task A_deleted_script_frees_its_name_and_keeps_its_versions()
    {
        var cancel = TestContext.Current.CancellationToken;
        var tenant = await _database.NewTenantAsync("demo");
        var first = (await _scripts.CreateAsync(NewScript(tenant, "price"), "me", cancel)).Value!;
        (await _scripts.CreateAsync(NewScript(tenant, "price"), "me", cancel)).Problem!.Status.ShouldBe(409);

        (await _scripts.DeleteAsync(tenant, first.Id, cancel)).ShouldBeTrue();

        (await _scripts.DeleteAsync(tenant, first.Id, cancel)).ShouldBeFalse();
        (await _scripts.GetAsync(tenant, "price", cancel)).ShouldBeNull();
        (await _scripts.UpdateAsync(first, first, "me", cancel)).Problem!.Status.ShouldBe(404);
        (await _scripts.VersionAsync(tenant, first.Id, 1, cancel)).ShouldNotBeNull();
        (await _scripts.CreateAsync(NewScript(tenant, "price"), "me", cancel)).Value.ShouldNotBeNull();
        (await _scripts.GetAsync(Guid.NewGuid(), "price", cancel)).ShouldBeNull();
    }

    [Fact(Timeout = Patience)]
    public async Task Two_who_change_a_script_at_once_do_not_both_win()
    {
        var cancel = TestContext.Current.CancellationToken;
        var tenant = await _database.NewTenantAsync("demo");
        var script = (await _scripts.CreateAsync(NewScript(tenant, "price"), "me", cancel)).Value!;

        var results = await Task.WhenAll(Enumerable.Range(0, 6).Select(n =>
            _scripts.UpdateAsync(script with { Source = $"return {n}", Version = 2, VersionId = Guid.CreateVersion7() }, script, "me", cancel)));

        results.Count(result => result.Value is not null).ShouldBe(1);
        results.Where(result => result.Value is null).ShouldAllBe(result => result.Problem!.Status == 412);
    }

    [Fact(Timeout = Patience)]
    public async Task A_token_is_found_by_its_hash_listed_and_revoked_once()
    {
        var cancel = TestContext.Current.CancellationToken;
        var store = new TokenStore(_database.Db);
        var tenant = await _database.NewTenantAsync("demo");
        var hash = new byte[32];
        var token = new ApiToken { Id = Guid.CreateVersion7(), TenantId = tenant, Name = "ci", Permissions = [Permissions.ScriptsRead], CreatedAt = Sample.Now, ExpiresAt = Sample.Now.AddDays(1) };

        (await store.InsertAsync(token, hash, cancel)).ShouldBeTrue();

        (await store.InsertAsync(token with { Id = Guid.CreateVersion7() }, hash, cancel)).ShouldBeFalse();
        var found = (await store.FindAsync(hash, cancel)).ShouldNotBeNull();
        (found with { Permissions = [] }).ShouldBe(token with { Permissions = [] });
        (await store.ListAsync(tenant, new PageRequest(), cancel)).Items.Count.ShouldBe(1);
        (await store.ListAsync(null, new PageRequest(), cancel)).Items.ShouldBeEmpty();
        (await store.RevokeAsync(Guid.NewGuid(), token.Id, cancel)).ShouldBeFalse();
        (await store.RevokeAsync(tenant, token.Id, cancel)).ShouldBeTrue();
        (await store.RevokeAsync(tenant, token.Id, cancel)).ShouldBeFalse();
        (await store.FindAsync(hash, cancel))!.RevokedAt.ShouldNotBeNull();
    }

    internal static Script NewScript(Guid tenant, string name) => new()
    {
        Id = Guid.CreateVersion7(),
        TenantId = tenant,
        Name = name,
        Kind = ScriptKind.Embedded,
        Source = "return 1",
        Version = 1,
        VersionId = Guid.CreateVersion7(),
    };

    [Theory(Timeout = Patience)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task No_plan_outlives_the_emptiness_of_its_table(bool asSystem)
    {
        var cancel = TestContext.Current.CancellationToken;
        var tenant = await _database.NewTenantAsync("grows");
        await using var transaction = asSystem ? null : await _database.Db.TenantAsync(tenant, cancel);
        await using var system = asSystem ? await _database.Db.System.OpenConnectionAsync(cancel) : null;
        var connection = system ?? transaction!.Connection;
        for (var i = 0; i < 20; i++)
        {
            await using var command = new NpgsqlCommand("select name from sandbox.scripts where tenant_id = $1 and kind = $2", connection)
            {
                Parameters = { new NpgsqlParameter<Guid> { TypedValue = tenant }, new NpgsqlParameter<string> { TypedValue = "event" } },
            };
            await command.ExecuteScalarAsync(cancel);
        }

        await using var plans = new NpgsqlCommand(
            "select sum(generic_plans)::int, sum(custom_plans)::int from pg_prepared_statements where statement like '%sandbox.scripts%'", connection);
        await using var reader = await plans.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        reader.GetInt32(0).ShouldBe(0);
        reader.GetInt32(1).ShouldBeGreaterThan(10);
    }

    private static Tenant NewTenant(string slug) => new() { Id = Guid.CreateVersion7(), Slug = slug, Name = slug };
}
