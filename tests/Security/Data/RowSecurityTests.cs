using Npgsql;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;
using Sandbox.Tests.Integration.Database;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Security.Data;

/// <summary>What keeps tenants apart in the database, proven in raw SQL; tables and policies are read from the catalog, so that a new table without them fails here.</summary>
public sealed class RowSecurityTests(PostgresServer server) : IAsyncLifetime
{
    private const int Patience = 120_000;

    private const string TenantTables = """
        select c.relname::text from pg_class c
        where c.relnamespace = 'sandbox'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
          and (c.relname = 'tenants' or exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped))
        order by 1
        """;

    private TestDatabase _database = null!;
    private Guid _mine;
    private Guid _theirs;

    public async ValueTask InitializeAsync()
    {
        _database = await server.NewDatabaseAsync();
        _mine = await FillAsync("mine");
        _theirs = await FillAsync("theirs");
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact(Timeout = Patience)]
    public async Task Every_table_of_tenants_rows_has_forced_row_security_and_a_policy_for_each_role()
    {
        TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        await using var admin = await _database.AsSuperuserAsync();

        (await admin.ColumnAsync<string>(TenantTables)).ShouldBe(
            [
                "alert_channels", "alert_deliveries", "alert_messages", "alert_rules", "alert_signals", "alert_watches", "alerts", "audit",
                "email_settings", "event_batches", "events", "deliveries", "queue", "dead_letters", "once_keys", "failures_in_a_row", "schedules", "occurrences",
                "cache", "changes", "checkpoints", "connections", "drafts", "entities", "examples", "execution_calls", "execution_labels", "execution_logs", "execution_payloads",
                "executions", "error_groups", "error_hours", "members", "routes", "script_hours", "script_versions", "scripts", "secrets",
                "stale_hours", "tenant_hosts", "tenant_hours", "tenants", "tokens", "usage",
            ],
            ignoreOrder: true);
        (await admin.ColumnAsync<string>("""
            select c.relname::text from pg_class c
            where c.relnamespace = 'sandbox'::regnamespace and c.relkind in ('r', 'p') and c.relname <> 'migrations'
              and not (c.relrowsecurity and c.relforcerowsecurity)
            """)).ShouldBeEmpty();
        (await admin.ColumnAsync<string>($$"""
            select t.name from ({{TenantTables}}) t(name)
            where (select count(distinct p.roles) from pg_policies p where p.schemaname = 'sandbox' and p.tablename = t.name and p.roles <@ '{sandbox_tenant,sandbox_system}') <> 2
            """)).ShouldBeEmpty();
    }

    [Fact(Timeout = Patience)]
    public async Task A_tenant_sees_its_own_rows_and_no_others_in_any_table()
    {
        TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        await using var tenant = await _database.AsTenantAsync(_mine);
        foreach (var table in await tenant.ColumnAsync<string>(TenantTables))
        {
            var key = table == "tenants" ? "id" : "tenant_id";
            (await tenant.ScalarAsync<long>($"select count(*) from sandbox.{table} where {key} = '{_mine}'")).ShouldBePositive(table);
            (await tenant.ScalarAsync<long>($"select count(*) from sandbox.{table} where {key} is distinct from '{_mine}'")).ShouldBe(0, table);
        }
    }

    [Fact(Timeout = Patience)]
    public async Task Without_a_tenant_nothing_is_seen()
    {
        TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        await using var nobody = await _database.AsAsync(DatabaseRoles.Tenant);
        foreach (var table in await nobody.ColumnAsync<string>(TenantTables))
            (await nobody.ScalarAsync<long>($"select count(*) from sandbox.{table}")).ShouldBe(0, table);
    }

    [Fact(Timeout = Patience)]
    public async Task A_tenant_writes_no_row_of_another_in_any_table()
    {
        TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        await using var admin = await _database.AsSuperuserAsync();
        await using var tenant = await _database.AsTenantAsync(_mine);
        foreach (var table in await tenant.ColumnAsync<string>(TenantTables))
        {
            var key = table == "tenants" ? "id" : "tenant_id";
            (await AffectedAsync(tenant, $"update sandbox.{table} set {key} = {key} where {key} = '{_theirs}'")).ShouldBe(0, table);
            (await AffectedAsync(tenant, $"update sandbox.{table} set {key} = '{_theirs}' where {key} = '{_mine}'")).ShouldBe(0, table);
            (await AffectedAsync(tenant, $"delete from sandbox.{table} where {key} = '{_theirs}'")).ShouldBe(0, table);

            // A row of the other's, as it is, must be refused before any unique key is looked at.
            var columns = string.Join(", ", await admin.ColumnAsync<string>($"select attname::text from pg_attribute where attrelid = 'sandbox.{table}'::regclass and attnum > 0 and not attisdropped order by attnum"));
            var row = await admin.ScalarAsync<string>($"select quote_literal(row_to_json(t)::text) from sandbox.{table} t where {key} = '{_theirs}' limit 1");
            var refused = await Should.ThrowAsync<PostgresException>(() => tenant.ExecAsync($"insert into sandbox.{table} ({columns}) select {columns} from json_populate_record(null::sandbox.{table}, {row}::json)"));
            refused.SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege, table);
        }
    }

    [Fact(Timeout = Patience)]
    public async Task A_partition_cannot_be_read_past_its_parents_policies()
    {
        TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        await using var tenant = await _database.AsTenantAsync(_mine);
        await using var system = await _database.AsAsync(DatabaseRoles.System);
        var partitions = await tenant.ColumnAsync<string>("select relname::text from pg_class where relnamespace = 'sandbox'::regnamespace and relkind = 'r' and relispartition");
        partitions.Count.ShouldBeGreaterThan(10);
        foreach (var partition in partitions)
        {
            (await Should.ThrowAsync<PostgresException>(() => tenant.ExecAsync($"select from sandbox.{partition}"))).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
            (await Should.ThrowAsync<PostgresException>(() => system.ExecAsync($"drop table sandbox.{partition}"))).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
        }
    }

    [Fact(Timeout = Patience)]
    public async Task The_working_roles_own_nothing_and_bypass_nothing()
    {
        TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        await using var admin = await _database.AsSuperuserAsync();
        (await admin.ColumnAsync<string>("select rolname::text from pg_roles where rolname like 'sandbox%' and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication or rolinherit)")).ShouldBeEmpty();
        (await admin.ScalarAsync<long>("""
            select count(*) from pg_shdepend d join pg_roles r on r.oid = d.refobjid
            where d.deptype = 'o' and r.rolname in ('sandbox', 'sandbox_tenant', 'sandbox_system', 'sandbox_data')
            """)).ShouldBe(0);
        foreach (var role in new[] { DatabaseRoles.Tenant, DatabaseRoles.System, DatabaseRoles.Data })
        {
            await using var connection = await _database.AsAsync(role);
            foreach (var sql in new[] { "create table sandbox.t ()", "create table public.t ()", "create schema s", "alter table sandbox.executions disable row level security", "set role postgres" })
                (await Should.ThrowAsync<PostgresException>(() => connection.ExecAsync(sql))).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege, sql);
        }
    }

    [Fact(Timeout = Patience)]
    public async Task Partitions_are_made_and_dropped_by_the_system_alone_through_functions_with_a_fixed_path()
    {
        TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        await using var admin = await _database.AsSuperuserAsync();
        (await admin.ColumnAsync<string>("select proname::text from pg_proc where pronamespace = 'sandbox'::regnamespace and prosecdef and (proconfig is null or not proconfig::text like '%search_path=pg_catalog, pg_temp%')")).ShouldBeEmpty();
        await using var tenant = await _database.AsTenantAsync(_mine);
        (await Should.ThrowAsync<PostgresException>(() => tenant.ExecAsync("select sandbox.drop_partitions('2020-01-01')"))).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);

        await using var system = await _database.AsAsync(DatabaseRoles.System);
        (await system.ScalarAsync<int>("select sandbox.make_partitions('2021-03-01', 2)")).ShouldBe(10);
        (await system.ScalarAsync<int>("select sandbox.make_partitions('2021-03-01', 2)")).ShouldBe(0);
        (await system.ScalarAsync<int>("select sandbox.drop_partitions('2021-03-02')")).ShouldBe(5);
    }

    [Fact(Timeout = Patience)]
    public async Task A_connection_from_the_pool_still_works_as_its_role_and_forgets_its_tenant()
    {
        for (var i = 0; i < 3; i++)
        {
            await using (var transaction = await _database.Db.TenantAsync(_mine, TestContext.Current.CancellationToken))
            {
                (await transaction.Connection.ScalarAsync<string>("select current_user::text")).ShouldBe(DatabaseRoles.Tenant);
                (await transaction.Connection.ScalarAsync<long>("select count(*) from sandbox.tenants")).ShouldBe(1);
                await transaction.CommitAsync(TestContext.Current.CancellationToken);
                (await transaction.Connection.ScalarAsync<long>("select count(*) from sandbox.tenants")).ShouldBe(0);
            }
        }
    }

    [Theory(Timeout = Patience)]
    [InlineData("completed")]
    [InlineData("failed")]
    [InlineData("timeout")]
    [InlineData("cancelled")]
    public async Task A_final_execution_never_changes_whoever_asks(string status)
    {
        TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        await using var system = await _database.AsAsync(DatabaseRoles.System);
        var id = await InsertAsync(system, status, status is "failed" or "timeout" ? "'TIMEOUT'" : "null", finished: true);

        (await Should.ThrowAsync<PostgresException>(() => system.ExecAsync($"update sandbox.executions set duration_ms = 1 where id = '{id}'"))).MessageText.ShouldContain("never changes");
    }

    [Theory(Timeout = Patience)]
    [InlineData("completed", "'TIMEOUT'", true)]
    [InlineData("cancelled", "'TIMEOUT'", true)]
    [InlineData("failed", "null", true)]
    [InlineData("timeout", "null", true)]
    [InlineData("completed", "null", false)]
    [InlineData("running", "null", true)]
    [InlineData("done", "null", true)]
    public async Task A_status_that_does_not_fit_its_code_or_end_is_refused(string status, string code, bool finished)
    {
        TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        await using var system = await _database.AsAsync(DatabaseRoles.System);
        (await Should.ThrowAsync<PostgresException>(() => InsertAsync(system, status, code, finished))).SqlState.ShouldBe(PostgresErrorCodes.CheckViolation);
    }

    [Fact(Timeout = Patience)]
    public async Task A_pending_execution_may_become_final_once_and_a_version_never_changes()
    {
        TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        await using var system = await _database.AsAsync(DatabaseRoles.System);
        var id = await InsertAsync(system, "pending", "null", finished: false);
        (await system.ExecAsync($"update sandbox.executions set status = 'cancelled', finished_at = now() where id = '{id}'")).ShouldBe(1);
        (await Should.ThrowAsync<PostgresException>(() => system.ExecAsync($"update sandbox.executions set status = 'pending', finished_at = null where id = '{id}'"))).MessageText.ShouldContain("never changes");

        await using var admin = await _database.AsSuperuserAsync();
        (await Should.ThrowAsync<PostgresException>(() => admin.ExecAsync("update sandbox.script_versions set source = 'x'"))).MessageText.ShouldContain("never change");
    }

    private async Task<Guid> InsertAsync(NpgsqlConnection connection, string status, string code, bool finished)
    {
        var id = Guid.CreateVersion7();
        await connection.ExecAsync($"""
            insert into sandbox.executions (id, tenant_id, script_id, script_name, version_id, version, kind, status, code, trigger_type, attempt, cause_kind, created_at, started_at, finished_at, queue_ms, calls)
            values ('{id}', '{_mine}', '{id}', 's', '{id}', 1, 'http', '{status}', {code}, 'http', 1, 'http', now(), now(), {(finished ? "now()" : "null")}, 0, 0)
            """);
        return id;
    }

    /// <summary>0 where the role may not do it at all.</summary>
    private static async Task<int> AffectedAsync(NpgsqlConnection connection, string sql)
    {
        try
        {
            return await connection.ExecAsync(sql);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            return 0;
        }
    }

    /// <summary>A tenant with a row in every table.</summary>
    private async Task<Guid> FillAsync(string slug)
    {
        var tenant = await _database.NewTenantAsync(slug);
        var (script, version, published) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        await using var system = await _database.AsAsync(DatabaseRoles.System);
        await system.ExecAsync($"""
            insert into sandbox.tenant_hosts (host, tenant_id) values ('{slug}.localhost', '{tenant}');
            insert into sandbox.tokens (id, tenant_id, name, hash, permissions) values ('{Guid.CreateVersion7()}', '{tenant}', 'token', sha256('{slug}'), array['scripts.read']);
            insert into sandbox.people (id, email, name) values ('{published}', '{slug}@example.com', 'Ann');
            insert into sandbox.members (tenant_id, person_id, role) values ('{tenant}', '{published}', 'viewer');
            insert into sandbox.entities (tenant_id, name, table_schema, table_name, key, tenant_column, fields, operations)
            values ('{tenant}', 'orders', 'shop', 'orders', 'id', 'tenant_id', '{"{}"}', '{"{read}"}');
            insert into sandbox.queue (tenant_id, execution_id, script_id, script_name, kind, version, trigger_type, trigger, cause_kind, idempotency_key)
            values ('{tenant}', '{Guid.CreateVersion7()}', '{script}', 'price', 'oneoff', 1, 'api', '1', 'token', 'k');
            insert into sandbox.once_keys (tenant_id, script_id, key, execution_id) values ('{tenant}', '{script}', 'k', '{Guid.CreateVersion7()}');
            insert into sandbox.failures_in_a_row (tenant_id, script_id, failures) values ('{tenant}', '{script}', 1);
            insert into sandbox.dead_letters (tenant_id, id, script_id, script_name, kind, version, trigger_type, trigger, cause_kind, attempts, idempotency_key, depth, execution_id, status, first_at)
            values ('{tenant}', '{Guid.CreateVersion7()}', '{script}', 'price', 'oneoff', 1, 'api', '1', 'token', 1, 'k', 0, '{Guid.CreateVersion7()}', 'failed', now());
            insert into sandbox.alert_channels (tenant_id, name, type, recipients, updated_by) values ('{tenant}', 'ops', 'email', array['a@b'], 'me');
            insert into sandbox.event_batches (tenant_id, id, script_id, execution_id, events, bytes, closes_at)
            values ('{tenant}', '{published}', '{script}', '{published}', 1, 1, now());
            insert into sandbox.alert_watches (tenant_id, script_id, failures) values ('{tenant}', '{script}', 1);
            insert into sandbox.alert_signals (tenant_id, script_id, script_name, kind, failures) values ('{tenant}', '{script}', 'price', 'oneoff', 1);
            insert into sandbox.alerts (tenant_id, id, rule, condition, script_id, script_name, count, first_at, last_at)
            values ('{tenant}', '{published}', 'default', 'failure', '{script}', 'price', 1, now(), now());
            insert into sandbox.alert_messages (tenant_id, id, rule, summary, count, body, created_at) values ('{tenant}', '{published}', 'default', 's', 1, '1', now());
            insert into sandbox.alert_deliveries (tenant_id, message_id, channel, next_at) values ('{tenant}', '{published}', 'ops', now());
            insert into sandbox.audit (id, tenant_id, at, actor_kind, actor_id, actor_name, action, outcome, method, route, request_id)
            values (
                '{Guid.CreateVersion7()}', '{tenant}', now(), 'token', '{published}', 'ci', 'scripts.create', 'done', 'POST', '/scripts', '1');
            begin;
            insert into sandbox.scripts (id, tenant_id, name, kind, record, timeout_ms, memory_bytes, output_bytes, concurrency, calls, version, version_id)
            values ('{script}', '{tenant}', 'price', 'embedded', 'all', 1000, 1000, 1000, 5, 10, 1, '{version}');
            insert into sandbox.script_versions (id, tenant_id, script_id, version, source, api_version, created_by) values ('{version}', '{tenant}', '{script}', 1, 'return 1', 1, 'me');
            insert into sandbox.drafts (tenant_id, script_id, author_kind, author_id, author_name, base_version, fields, nulls)
            values ('{tenant}', '{script}', 'token', '{published}', 'ci', 1, '{"{}"}', '{"{}"}');
            insert into sandbox.examples (tenant_id, script_id, name, input, bytes, updated_by) values ('{tenant}', '{script}', 'one', '1', 1, 'me');
            insert into sandbox.schedules (tenant_id, script_id, cron, timezone, overlap, misfire, enabled) values ('{tenant}', '{script}', '0 * * * *', 'UTC', 'skip', 'latest', true);
            insert into sandbox.occurrences (tenant_id, script_id, due_at, id, status, why) values ('{tenant}', '{script}', now(), '{Guid.CreateVersion7()}', 'missed', 'off');
            insert into sandbox.script_hours (tenant_id, script_id, hour, version, completed, failed, timed_out, cancelled, ran_buckets, ran_counts)
            values ('{tenant}', '{script}', now(), 1, 1, 0, 0, 0, '{"{}"}', '{"{}"}');
            insert into sandbox.tenant_hours (
                tenant_id, hour, completed, failed, timed_out, cancelled, ran_buckets, ran_counts, waited_buckets, waited_counts, failing, slowest)
            values ('{tenant}', now(), 1, 0, 0, 0, '{"{}"}', '{"{}"}', '{"{}"}', '{"{}"}', '{"{}"}', '{"{}"}');
            insert into sandbox.routes (tenant_id, method, shape, script_id, template) values ('{tenant}', 'GET', '/price', '{script}', '/price');
            commit;
            """);
        await using (var own = await _database.AsTenantAsync(tenant))
        {
            await own.ExecAsync($"insert into sandbox.cache (tenant_id, script_id, key, value) values ('{tenant}', '{script}', 'key', '1')");
            await own.ExecAsync($"insert into sandbox.checkpoints (execution_id, tenant_id, version, value) values ('{Guid.CreateVersion7()}', '{tenant}', 1, '1')");
            await own.ExecAsync($"insert into sandbox.secrets (tenant_id, name, cipher, updated_by) values ('{tenant}', 'crm', 'x', 'me')");
            await own.ExecAsync($"insert into sandbox.email_settings (tenant_id, host, port, security, from_address, updated_by) values ('{tenant}', 'h', 25, 'none', 'a@b', 'me')");
            await own.ExecAsync($"insert into sandbox.events (tenant_id, id, source, event_id, type, payload) values ('{tenant}', '{published}', '/s', '1', 'a.b', '1')");
            await system.ExecAsync($"""
                insert into sandbox.deliveries (tenant_id, id, event_id, script_id, script_name, execution_id)
                values ('{tenant}', '{Guid.CreateVersion7()}', '{published}', '{script}', 'price', '{Guid.CreateVersion7()}')
                """);
            await own.ExecAsync($$"""
                insert into sandbox.connections (tenant_id, name, type, hosts, header, cipher, updated_by)
                values ('{{tenant}}', 'crm', 'header', '{api.example.com}', 'x-key', 'x', 'me')
                """);
        }

        var record = Sample.Record(
            Sample.Completed(tenant) with { Labels = new Dictionary<string, string>(StringComparer.Ordinal) { ["order"] = "7" } },
            RecordPolicy.All,
            Sample.Line(1, "line")) with
        { Calls = [Sample.Call()] };
        var directory = new TempDirectory();
        await using (var rig = new HistoryRig(_database.Db, directory.Path))
            await rig.Delivery.StoreAsync([record, Sample.Record(Sample.Failed(tenant))], TestContext.Current.CancellationToken);
        directory.Dispose();
        return tenant;
    }
}
