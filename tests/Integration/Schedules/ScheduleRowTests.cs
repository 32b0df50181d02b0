using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.Scripts;
using Sandbox.Tests.Integration.Database;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Schedules;

/// <summary>The schedule is kept with its script.</summary>
public sealed class ScheduleRowTests(PostgresServer server)
{
    private const int Patience = 120_000;
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = Patience)]
    public async Task A_schedule_begins_anew_with_another_expression_or_an_enabled_script_and_ends_with_the_script()
    {
        await using var database = await server.NewDatabaseAsync();
        var scripts = new ScriptStore(database.Db);
        var tenant = await database.NewTenantAsync("demo");
        var made = await scripts.CreateAsync(Scheduled(StoreTests.NewScript(tenant, "nightly"), """{"cron":"0 0 * * *"}"""), "me", Stop);
        var script = made.Value.ShouldNotBeNull();
        await using var system = await database.AsAsync(DatabaseRoles.System);
        Task<string> NextAsync() => system.ScalarAsync<string>("select coalesce(max(next_at::text), 'none') from sandbox.schedules");
        Task<int> AdvanceAsync() => system.ExecAsync("update sandbox.schedules set next_at = '2030-01-01T00:00:00Z'");
        await AdvanceAsync();
        var advanced = await NextAsync();

        async Task<string> AfterAsync(Script change)
        {
            script = (await scripts.UpdateAsync(change, script, "me", Stop)).Value.ShouldNotBeNull();
            return await NextAsync();
        }

        (await AfterAsync(script with { Title = "Other" })).ShouldBe(advanced);
        (await AfterAsync(Scheduled(script, """{"cron":"0 0 * * *","overlap":"allow"}"""))).ShouldBe(advanced);
        (await AfterAsync(Scheduled(script, """{"cron":"0 1 * * *"}"""))).ShouldNotBe(advanced);
        await AdvanceAsync();
        (await AfterAsync(Scheduled(script, """{"cron":"0 1 * * *","timezone":"Asia/Tashkent"}"""))).ShouldNotBe(advanced);
        await AdvanceAsync();
        (await AfterAsync(script with { Enabled = false })).ShouldBe(advanced);
        (await AfterAsync(script with { Enabled = true })).ShouldNotBe(advanced);
        (await scripts.DeleteAsync(tenant, script.Id, Stop)).ShouldBeTrue();
        (await NextAsync()).ShouldBe("none");
    }

    private static Script Scheduled(Script script, string trigger) => script with { Kind = ScriptKind.Scheduled, Trigger = new RawJson(trigger) };
}
