using Dapper;
using Npgsql;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.Executions;
using Sandbox.Supervisor.History;
using Sandbox.Supervisor.Rest;
using Sandbox.Supervisor.Scripts;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Database;

public sealed class ExecutionListTests(ExecutionListTests.Fixture fixture) : IClassFixture<ExecutionListTests.Fixture>
{
    private const int Patience = 180_000;

    // In the middle of a day, whatever the time is: the plans are those of one day.
    private static readonly DateTimeOffset s_start = new(Sample.Now.UtcDateTime.Date.AddHours(12), TimeSpan.Zero);
    private static readonly Guid s_end = Guid.CreateVersion7(s_start.AddMinutes(1));

    public static TheoryData<ExecutionFilter, int[]> Filters => new()
    {
        { new ExecutionFilter(), [.. Enumerable.Range(0, 30)] },
        { new ExecutionFilter { Script = "price" }, [.. Enumerable.Range(0, 10)] },
        { new ExecutionFilter { Script = "unknown" }, [] },
        { new ExecutionFilter { Script = Guid.Empty.ToString() }, [] },
        { new ExecutionFilter { Kind = ScriptKind.Http }, [10, 11, 12] },
        { new ExecutionFilter { Trigger = TriggerType.Http }, [10, 11, 12] },
        { new ExecutionFilter { Status = ExecutionStatus.Failed }, [13, 14] },
        { new ExecutionFilter { Status = ExecutionStatus.Cancelled }, [] },
        { new ExecutionFilter { Code = Codes.Timeout }, [14] },
        { new ExecutionFilter { Code = "a\0" }, [] },
        { new ExecutionFilter { From = s_start.AddSeconds(5), To = s_start.AddSeconds(7) }, [5, 6] },
        { new ExecutionFilter { From = DateTimeOffset.MinValue, To = DateTimeOffset.MaxValue, Kind = ScriptKind.Http }, [10, 11, 12] },
        { new ExecutionFilter { DurationMsMin = 1_000, DurationMsMax = 2_000 }, [15] },
        { new ExecutionFilter { Text = "NEEDLE 100%_" }, [16, 17] },
        { new ExecutionFilter { Text = "no\0ne" }, [] },
        { new ExecutionFilter { Labels = [new Label("env", "prod")] }, [20, 21, 22] },
        { new ExecutionFilter { Labels = [new Label("env", "prod"), new Label("order", Sample.Wild)] }, [20] },
        { new ExecutionFilter { Labels = [new Label(Sample.Wild, Sample.Wild)] }, [21] },
        { new ExecutionFilter { Labels = [new Label("env", "prod"), new Label("env", "test")] }, [] },
        { new ExecutionFilter { Labels = [new Label("en", "vprod")] }, [] },
        { new ExecutionFilter { Labels = [new Label("env", "prod")], From = s_start.AddSeconds(21), To = s_start.AddSeconds(22) }, [21] },
        { new ExecutionFilter { Labels = [new Label("env", "prod")], Script = "price" }, [] },
        { new ExecutionFilter { Text = "needle", Status = ExecutionStatus.Completed, Kind = ScriptKind.Embedded, Script = "price" }, [] },
    };

    [Theory(Timeout = Patience)]
    [MemberData(nameof(Filters), DisableDiscoveryEnumeration = true)]
    public async Task Each_filter_finds_its_executions_newest_first_page_by_page(ExecutionFilter filter, int[] expected)
    {
        var found = new List<Guid>();
        for (string? cursor = null; ;)
        {
            var page = await fixture.Store.ListAsync(fixture.Tenant, filter, new PageRequest(4, cursor), TestContext.Current.CancellationToken);
            found.AddRange(page.Items.Select(execution => execution.Id));
            if ((cursor = page.NextCursor) is null)
                break;
        }

        found.ShouldBe(expected.Reverse().Select(n => fixture.Records[n].Execution.Id));
        (await fixture.Store.OutlineAsync(fixture.Tenant, filter, TestContext.Current.CancellationToken)).ShouldBe(expected.Reverse().Select(n => fixture.Records[n].Execution)
            .Select(execution => new ExecutionMark(execution.Id, execution.Status, execution.CreatedAt, execution.DurationMs)));
    }

    [Theory(Timeout = Patience)]
    [MemberData(nameof(Filters), DisableDiscoveryEnumeration = true)]
    public async Task No_filter_reads_a_whole_table(ExecutionFilter filter, int[] expected)
    {
        expected.ShouldNotBeNull();
        Guid[]? scripts = filter.Script is null ? null : [fixture.Script.Id];
        await using var transaction = await fixture.Database.Db.TenantAsync(fixture.Tenant, TestContext.Current.CancellationToken);

        var plan = string.Join('\n', await transaction.Connection.QueryAsync<string>(
            "explain (costs off) " + ExecutionStore.ListStatement(filter, scripts, s_end),
            ExecutionStore.ListParameters(fixture.Tenant, filter, scripts, s_end, 50)));

        var today = "_" + s_start.UtcDateTime.ToString("yyyyMMdd");
        plan.Split('\n').ShouldAllBe(line => !(line.Contains("Seq Scan") && line.Contains(today)), plan);
    }

    [Fact(Timeout = Patience)]
    public async Task A_look_up_by_id_reads_one_day()
    {
        await using var transaction = await fixture.Database.Db.TenantAsync(fixture.Tenant, TestContext.Current.CancellationToken);
        var plan = (await transaction.Connection.QueryAsync<string>(
            "explain (costs off) select e.status, p.output from sandbox.executions e left join sandbox.execution_payloads p on p.tenant_id = e.tenant_id and p.id = e.id and p.id = @id where e.tenant_id = @tenant and e.id = @id",
            new { tenant = fixture.Tenant, id = fixture.Records[0].Execution.Id })).ToList();
        plan.Count(line => line.Contains("Scan")).ShouldBe(2, string.Join('\n', plan));
    }

    [Fact(Timeout = Patience)]
    public async Task Recovery_looks_up_what_is_stored_by_the_primary_key_of_one_day()
    {
        await using var system = await fixture.Database.AsAsync(DatabaseRoles.System);
        await using var command = new NpgsqlCommand("explain (costs off) " + HistoryStore.SelectStored, system);
        command.Parameters.AddRange(HistoryStore.StoredParameters([(fixture.Tenant, fixture.Records[0].Execution.Id), (fixture.Tenant, Guid.CreateVersion7(s_start))], s_start.UtcDateTime.Date));
        var plan = new List<string>();
        await using (var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken))
            while (await reader.ReadAsync(TestContext.Current.CancellationToken))
                plan.Add(reader.GetString(0));

        var scans = plan.Where(line => line.Contains("Scan") && line.Contains("executions")).ToList();
        scans.ShouldHaveSingleItem(string.Join('\n', plan)).ShouldContain(s_start.UtcDateTime.ToString("yyyyMMdd"));
        scans[0].ShouldContain("Index");
        scans[0].ShouldContain("pkey");
    }

    [Fact(Timeout = Patience)]
    public async Task Logs_are_paged_and_an_unknown_execution_has_none()
    {
        var id = fixture.Records[18].Execution.Id;
        var first = (await fixture.Store.LogsAsync(fixture.Tenant, id, 0, 2, TestContext.Current.CancellationToken)).ShouldNotBeNull();
        first.Items.Select(line => line.Seq).ShouldBe([1, 2]);
        first.NextCursor.ShouldBe("2");
        var rest = (await fixture.Store.LogsAsync(fixture.Tenant, id, 2, 2, TestContext.Current.CancellationToken)).ShouldNotBeNull();
        rest.Items.Select(line => line.Message).ShouldBe(["c"]);
        rest.NextCursor.ShouldBeNull();
        (await fixture.Store.LogsAsync(fixture.Tenant, Guid.CreateVersion7(), 0, 2, TestContext.Current.CancellationToken)).ShouldBeNull();
        (await fixture.Store.LogsAsync(Guid.NewGuid(), id, 0, 2, TestContext.Current.CancellationToken)).ShouldBeNull();
    }

    /// <summary>Key, value, key, value.</summary>
    private static Dictionary<string, string> Labels(params string[] pairs) =>
        pairs.Chunk(2).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);

    /// <summary>One database for all tests, which only read it.</summary>
    public sealed class Fixture(PostgresServer server) : IAsyncLifetime
    {
        internal TestDatabase Database { get; private set; } = null!;

        internal ExecutionStore Store { get; private set; } = null!;

        internal Guid Tenant { get; private set; }

        internal Script Script { get; private set; } = null!;

        internal IReadOnlyList<ExecutionRecord> Records { get; private set; } = [];

        public async ValueTask InitializeAsync()
        {
            Database = await server.NewDatabaseAsync();
            Store = new ExecutionStore(Database.Db);
            Tenant = await Database.NewTenantAsync("demo");
            Script = (await new ScriptStore(Database.Db).CreateAsync(StoreTests.NewScript(Tenant, "price"), "me", TestContext.Current.CancellationToken)).Value!;
            Records = [.. Enumerable.Range(0, 30).Select(Make)];
            using var journal = new TempDirectory();
            await using var rig = new HistoryRig(Database.Db, journal.Path);
            await rig.Delivery.StoreAsync(Records, TestContext.Current.CancellationToken);
            var others = await Database.NewTenantAsync("others");
            var many = Enumerable.Range(0, 2_000).Select(_ => Sample.Record(
                Sample.Completed(others) with { Labels = Labels("env", "prod") },
                RecordPolicy.All,
                Sample.Line(1, "a line of another tenant")));
            await rig.Delivery.StoreAsync([.. many], TestContext.Current.CancellationToken);
            await using var admin = await Database.AsSuperuserAsync();
            await admin.ExecAsync("analyze");
        }

        public ValueTask DisposeAsync() => Database.DisposeAsync();

        private ExecutionRecord Make(int n)
        {
            var at = s_start.AddSeconds(n);
            var execution = n is 13 ? Sample.Failed(Tenant) : n is 14 ? Sample.Failed(Tenant, Codes.Timeout) : n is 17 ? Sample.Failed(Tenant, message: "a needle 100%_") with { Status = ExecutionStatus.Timeout } : Sample.Completed(Tenant);
            execution = execution with { Id = Guid.CreateVersion7(at), CreatedAt = at, ScriptId = n < 10 ? Script.Id : execution.ScriptId, DurationMs = n is 15 ? 1_500 : 3 };
            if (n is 10 or 11 or 12)
                execution = execution with { Kind = ScriptKind.Http, Trigger = new RawJson("""{"httpRequest":{"type":"no"},"type":"http"}""") };
            execution = execution with
            {
                Labels = n switch
                {
                    20 => Labels("env", "prod", "order", Sample.Wild),
                    21 => Labels("env", "prod", Sample.Wild, Sample.Wild),
                    22 => Labels("env", "prod", "order", Sample.Wild + "\udc00"),
                    23 => Labels("env", "test", "prod", "env"),
                    _ => Labels(),
                },
            };
            return n switch
            {
                16 => Sample.Record(execution, RecordPolicy.All, Sample.Line(1, "Needle 100%_ here")),
                18 => Sample.Record(execution, RecordPolicy.All, Sample.Line(1, "a"), Sample.Line(2, "needle 100 percent"), Sample.Line(3, "c")),
                _ => Sample.Record(execution),
            };
        }
    }
}
