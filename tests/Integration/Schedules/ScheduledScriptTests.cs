using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Tests.Integration.Http;
using Sandbox.Tests.Integration.Product;
using Sandbox.Tests.Integration.Queue;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Schedules;

/// <summary>Scheduled scripts of a running product.</summary>
public sealed class ScheduledScriptTests(SharedProductFixture fixture) : IClassFixture<SharedProductFixture>
{
    private const int Patience = 120_000;
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

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
        await DisableAsync(tenant, "every-second");
    }

    [Fact(Timeout = Patience)]
    public async Task An_occurrence_that_ran_is_listed_and_why_answers_from_its_row()
    {
        var tenant = await fixture.Product.CreateTenantAsync("listed");
        await tenant.CreateScriptAsync("ticks", "scheduled", "return 1", trigger: new JsonObject { ["cron"] = "* * * * * *" });

        var ran = await tenant.UntilListedAsync("/scripts/ticks/occurrences?status=ran", list => list.Count >= 3);

        ran.Select(one => one.GetProperty("scheduled_for").GetDateTimeOffset()).ShouldBeInOrder(SortDirection.Descending);
        foreach (var one in ran)
        {
            one.GetProperty("outcome").GetString().ShouldBe("completed");
            one.GetProperty("why").ValueKind.ShouldBe(JsonValueKind.Null);
        }

        var (id, due) = (ran[0].GetProperty("execution_id").GetString(), ran[0].GetProperty("scheduled_for"));
        var execution = await tenant.GetAsync($"/executions/{id}");
        execution.GetProperty("trigger").GetProperty("scheduledFor").GetDateTimeOffset().ShouldBe(due.GetDateTimeOffset());
        execution.GetProperty("idempotency_key").GetString().ShouldBe(ran[0].GetProperty("id").GetString());
        var why = await tenant.GetAsync($"/scripts/ticks/why?at={due.GetString()}");
        why.GetProperty("answer").GetString().ShouldBe($"It ran then; its execution {id} ended as completed.");
        why.GetProperty("occurrence").GetProperty("id").GetString().ShouldBe(ran[0].GetProperty("id").GetString());
        why.GetProperty("next_runs").GetArrayLength().ShouldBe(3);
        var page = await tenant.GetAsync("/scripts/ticks/occurrences?limit=1");
        var next = await tenant.GetAsync($"/scripts/ticks/occurrences?limit=1&cursor={page.GetProperty("next_cursor").GetString()}");
        next.GetProperty("items")[0].GetProperty("scheduled_for").GetDateTimeOffset()
            .ShouldBe(page.GetProperty("items")[0].GetProperty("scheduled_for").GetDateTimeOffset().AddSeconds(-1));
        await DisableAsync(tenant, "ticks");
    }

    [Fact(Timeout = Patience)]
    public async Task A_past_range_runs_in_order_each_with_its_own_due_time_and_once()
    {
        var tenant = await fixture.Product.CreateTenantAsync("past");
        await tenant.CreateScriptAsync("nightly", "scheduled", "return context.trigger.scheduledFor", trigger: new JsonObject { ["cron"] = "0 0 * * *" });
        var range = new JsonObject { ["from"] = "2026-01-01T00:00:00Z", ["to"] = "2026-01-04T00:00:00Z" };

        var accepted = await RunAsync(tenant, "nightly", range, HttpStatusCode.Accepted);

        string[] days = ["2026-01-01T00:00:00.000Z", "2026-01-02T00:00:00.000Z", "2026-01-03T00:00:00.000Z"];
        accepted.GetProperty("items").GetArrayLength().ShouldBe(3);
        var ran = await tenant.UntilListedAsync("/executions?script=nightly&status=completed", list => list.Count == 3);
        ran.OrderBy(one => one.GetProperty("started_at").GetDateTimeOffset()).Select(one => one.GetProperty("output").GetString()).ShouldBe(days);
        await tenant.UntilListedAsync("/scripts/nightly/occurrences?status=caught_up", list => list.Count == 3);
        var refused = await RunAsync(tenant, "nightly", range, HttpStatusCode.Conflict);
        refused.GetProperty("detail").GetString()!.ShouldContain("ran already");
        range["to"] = "2026-01-05T00:00:00Z";
        var rest = await RunAsync(tenant, "nightly", range, HttpStatusCode.Accepted);
        rest.GetProperty("items").EnumerateArray().Single().GetProperty("scheduled_for").GetDateTimeOffset().Day.ShouldBe(4);
        rest.GetProperty("refused").GetArrayLength().ShouldBe(3);
        await RunAsync(tenant, "nightly", new JsonObject { ["at"] = "2026-01-02T00:00:00Z", ["again"] = true }, HttpStatusCode.Accepted);
        await tenant.UntilListedAsync("/executions?script=nightly&status=completed", list => list.Count == 5);
    }

    [Theory(Timeout = Patience)]
    [InlineData("{}", 422, "at: is missing")]
    [InlineData("""{"at":"yesterday"}""", 422, "at")]
    [InlineData("""{"at":"2026-01-01T00:00:00Z","to":"2026-01-02T00:00:00Z"}""", 422, "cannot be combined")]
    [InlineData("""{"from":"2026-01-01T00:00:00Z"}""", 422, "to: is missing")]
    [InlineData("""{"to":"2026-01-01T00:00:00Z"}""", 422, "from: is missing")]
    [InlineData("""{"at":"2400-01-01T00:00:00Z"}""", 422, "at: is in the future")]
    [InlineData("""{"from":"2026-01-02T00:00:00Z","to":"2026-01-01T00:00:00Z"}""", 422, "must be later")]
    [InlineData("""{"from":"2026-01-01T00:00:01Z","to":"2026-01-01T00:01:00Z"}""", 422, "no due time")]
    [InlineData("""{"from":"2025-01-01T00:00:00Z","to":"2026-01-01T00:00:00Z"}""", 422, "more than 1000")]
    [InlineData("""{"at":"2026-01-01T00:30:00Z"}""", 422, "the nearest are 2026-01-01T00:00:00Z and 2026-01-01T01:00:00Z")]
    [InlineData("""{"at":"2026-01-01T00:00:00Z","agian":true}""", 422, "agian")]
    [InlineData("[]", 422, "")]
    public async Task A_run_that_makes_no_sense_is_refused_and_says_why(string body, int status, string words)
    {
        var tenant = await fixture.Product.CreateTenantAsync($"no{Guid.NewGuid():N}"[..20]);
        await tenant.CreateScriptAsync("hourly", "scheduled", "return 1", trigger: new JsonObject { ["cron"] = "0 * * * *" });

        var problem = await RunAsync(tenant, "hourly", JsonNode.Parse(body)!, (HttpStatusCode)status);

        problem.GetProperty("detail").GetString()!.ShouldContain(words);
        (await tenant.GetAsync("/scripts/hourly/occurrences")).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Theory(Timeout = Patience)]
    [InlineData("hourly/occurrences?status=done", HttpStatusCode.UnprocessableEntity)]
    [InlineData("hourly/occurrences?from=monday", HttpStatusCode.UnprocessableEntity)]
    [InlineData("hourly/occurrences?cursor=eA", HttpStatusCode.UnprocessableEntity)]
    [InlineData("hourly/occurrences?until=2026-01-01T00:00:00Z", HttpStatusCode.UnprocessableEntity)]
    [InlineData("hourly/why", HttpStatusCode.UnprocessableEntity)]
    [InlineData("hourly/why?at=now", HttpStatusCode.UnprocessableEntity)]
    [InlineData("nobody/occurrences", HttpStatusCode.NotFound)]
    [InlineData("nobody/why?at=2026-01-01T00:00:00Z", HttpStatusCode.NotFound)]
    public async Task A_question_that_cannot_be_answered_is_refused(string path, HttpStatusCode status)
    {
        var tenant = await fixture.Product.CreateTenantAsync($"ask{Guid.NewGuid():N}"[..20]);
        await tenant.CreateScriptAsync("hourly", "scheduled", "return 1", trigger: new JsonObject { ["cron"] = "0 * * * *" });

        using var response = await tenant.SendAsync(HttpMethod.Get, $"/scripts/{path}", cancellationToken: Stop);

        response.StatusCode.ShouldBe(status);
    }

    [Fact(Timeout = Patience)]
    public async Task Why_says_what_there_is_no_row_for()
    {
        var tenant = await fixture.Product.CreateTenantAsync("norow");
        await tenant.CreateScriptAsync("hourly", "scheduled", "return 1", trigger: new JsonObject { ["cron"] = "0 * * * *" });
        await tenant.CreateScriptAsync("manual", "embedded", "return 1");

        (await WhyAsync(tenant, "hourly", "2026-01-01T00:30:00Z")).ShouldEndWith("The nearest due times are 2026-01-01T00:00:00Z and 2026-01-01T01:00:00Z.");
        (await WhyAsync(tenant, "hourly", "2026-01-01T00:00:00Z")).ShouldStartWith("The schedule as it is now exists since ");
        (await WhyAsync(tenant, "hourly", "2400-01-01T00:00:00Z")).ShouldBe("It is due then, which is still to come.");
        (await WhyAsync(tenant, "manual", "2026-01-01T00:00:00Z")).ShouldStartWith("The script has no schedule");
        (await tenant.SendAsync(HttpMethod.Post, "/scripts/hourly/disable", new JsonObject { ["reason"] = "audit" }, Stop)).Dispose();
        (await WhyAsync(tenant, "hourly", "2400-01-01T00:00:00Z")).ShouldContain("disabled");
        var refused = await RunAsync(tenant, "hourly", new JsonObject { ["at"] = "2026-01-01T00:00:00Z" }, HttpStatusCode.Conflict);
        refused.GetProperty("detail").GetString().ShouldBe("The script is disabled: audit.");
        await RunAsync(tenant, "manual", new JsonObject { ["at"] = "2026-01-01T00:00:00Z" }, HttpStatusCode.Conflict);
    }

    [Fact(Timeout = Patience)]
    public async Task An_occurrence_is_queued_until_its_last_attempt_ended_and_one_that_is_cancelled_before_it_ran_was_skipped()
    {
        var tenant = await fixture.Product.CreateTenantAsync("attempts");
        var trigger = new JsonObject { ["cron"] = "0 0 1 1 *" };
        const string source = "if (context.attempt < 3) throw new Error('no'); return context.attempt";
        var retry = new JsonObject { ["attempts"] = 3, ["backoff_ms"] = 10 };
        await tenant.CreateScriptAsync("flaky", "scheduled", source, trigger: trigger, retry: retry);
        await RunAsync(tenant, "flaky", new JsonObject { ["at"] = "2026-01-01T00:00:00Z" }, HttpStatusCode.Accepted);
        var ran = (await tenant.UntilListedAsync("/scripts/flaky/occurrences?status=caught_up", list => list.Count == 1))[0];
        ran.GetProperty("outcome").GetString().ShouldBe("completed");
        (await tenant.GetAsync($"/executions/{ran.GetProperty("execution_id").GetString()}")).GetProperty("attempt").GetInt32().ShouldBe(3);

        (await tenant.SendAsync(HttpMethod.Post, "/scripts/flaky/pause", cancellationToken: Stop)).Dispose();
        await RunAsync(tenant, "flaky", new JsonObject { ["at"] = "2025-01-01T00:00:00Z" }, HttpStatusCode.Accepted);
        var queued = (await tenant.UntilListedAsync("/scripts/flaky/occurrences?status=queued", list => list.Count == 1))[0];
        (await tenant.SendAsync(HttpMethod.Post, $"/executions/{queued.GetProperty("execution_id").GetString()}/cancel", cancellationToken: Stop)).Dispose();
        (await WhyAsync(tenant, "flaky", "2025-01-01T00:00:00Z")).ShouldBe("It was due then and was skipped. Its execution was cancelled before it ran.");
    }

    /// <summary>Nothing of it runs beside the tests that come after.</summary>
    private static async Task DisableAsync(RunningProduct.Tenant tenant, string script)
    {
        using var response = await tenant.SendAsync(HttpMethod.Post, $"/scripts/{script}/disable", new JsonObject { ["reason"] = "tested" }, Stop);
        await RunningProduct.ExpectAsync(response, HttpStatusCode.OK);
    }

    private static async Task<JsonElement> RunAsync(RunningProduct.Tenant tenant, string script, JsonNode body, HttpStatusCode status)
    {
        using var response = await tenant.SendAsync(HttpMethod.Post, $"/scripts/{script}/occurrences", body.DeepClone(), Stop);
        return await RunningProduct.ExpectAsync(response, status);
    }

    private static async Task<string> WhyAsync(RunningProduct.Tenant tenant, string script, string at) =>
        (await tenant.GetAsync($"/scripts/{script}/why?at={at}")).GetProperty("answer").GetString()!;
}
