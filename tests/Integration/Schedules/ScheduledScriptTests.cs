using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Tests.Integration.Http;
using Sandbox.Tests.Integration.Product;
using Sandbox.Tests.Integration.Queue;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Schedules;

/// <summary>Scheduled scripts of a running product.</summary>
public sealed class ScheduledScriptTests(ProductFixture fixture) : IClassFixture<ProductFixture>
{
    private const int Patience = 120_000;

    [Fact(Timeout = Patience)]
    public async Task A_due_script_runs_and_is_told_which_occurrence_it_serves()
    {
        var tenant = await fixture.Product.CreateTenantAsync("due");
        var trigger = new JsonObject { ["cron"] = "* * * * * *", ["timezone"] = "Asia/Tashkent" };
        await tenant.CreateScriptAsync("every-second", "scheduled", "return [context.trigger, context.idempotencyKey]", trigger: trigger);

        var ran = await tenant.UntilListedAsync("/executions?script=every-second&status=completed", list => list.Count >= 2);

        foreach (var listed in ran)
        {
            var execution = await tenant.GetAsync($"/executions/{listed.GetProperty("id").GetString()}");
            var told = execution.GetProperty("output")[0];
            told.GetProperty("type").GetString().ShouldBe("cron");
            told.GetProperty("cronExpression").GetString().ShouldBe("* * * * * *");
            told.GetProperty("timezone").GetString().ShouldBe("Asia/Tashkent");
            told.GetProperty("missed").GetInt32().ShouldBe(0);
            var due = told.GetProperty("scheduledFor").GetDateTimeOffset();
            due.Millisecond.ShouldBe(0);
            execution.GetProperty("created_at").GetDateTimeOffset().ShouldBeGreaterThanOrEqualTo(due);
            Guid.Parse(execution.GetProperty("output")[1].GetString()!).ShouldNotBe(execution.GetProperty("id").GetGuid());
            execution.GetProperty("cause").GetProperty("kind").GetString().ShouldBe("schedule");
        }

        ran.Select(execution => execution.GetProperty("trigger").GetProperty("scheduledFor").GetString()).ShouldBeUnique();
    }
}
