using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Tests.Integration.Http;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Queue;

/// <summary>What used up its attempts: listed with all that explains it, replayed or discarded once.</summary>
public sealed class DeadLetterTests(SharedProductFixture fixture) : IClassFixture<SharedProductFixture>
{
    private const int Patience = 120_000;
    private static int s_last;
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = Patience)]
    public async Task Used_up_attempts_leave_a_dead_letter_that_is_replayed_once()
    {
        var tenant = await TenantAsync();
        await tenant.CreateScriptAsync(
            "broken", "oneoff", "if (context.replayOf) return context.input; throw new Error('the disk is full')", retry: new JsonObject { ["attempts"] = 3, ["backoff_ms"] = 5 });
        await tenant.EnqueueAsync("broken", new JsonObject { ["input"] = new JsonObject { ["order"] = 7 } });

        var letter = (await tenant.UntilListedAsync("/dead-letters?state=open", list => list.Count == 1))[0];

        letter.GetProperty("attempts").GetInt32().ShouldBe(3);
        letter.GetProperty("code").GetString().ShouldBe("SCRIPT_ERROR");
        letter.GetProperty("message").GetString().ShouldBe("the disk is full");
        letter.GetProperty("input").GetRawText().ShouldBe("""{"order":7}""");
        letter.GetProperty("script_name").GetString().ShouldBe("broken");
        (await tenant.GetAsync($"/executions/{letter.GetProperty("execution_id").GetString()}")).GetProperty("attempt").GetInt32().ShouldBe(3);

        var path = $"/dead-letters/{letter.GetProperty("id").GetString()}";
        using var replay = await tenant.SendAsync(HttpMethod.Post, $"{path}/replay", new JsonObject(), Stop);
        var accepted = await RunningProduct.ExpectAsync(replay, HttpStatusCode.Accepted);
        (await tenant.UntilFinalAsync(accepted.GetProperty("id").GetString()!)).GetProperty("output").GetRawText().ShouldBe("""{"order":7}""");
        (await tenant.GetAsync(path)).GetProperty("state").GetString().ShouldBe("replayed");
        foreach (var again in (string[])["replay", "discard"])
        {
            using var refused = await tenant.SendAsync(HttpMethod.Post, $"{path}/{again}", again == "replay" ? new JsonObject() : null, Stop);
            refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        }
    }

    [Fact(Timeout = Patience)]
    public async Task Many_are_replayed_by_a_filter_and_one_is_discarded()
    {
        var tenant = await TenantAsync();
        await tenant.CreateScriptAsync("one", "oneoff", "if (context.replayOf) return 1; throw new Error('x')");
        await tenant.CreateScriptAsync("two", "oneoff", "throw new Error('y')");
        foreach (var script in (string[])["one", "one", "two"]) await tenant.UntilFinalAsync(await tenant.EnqueueAsync(script));

        using var replay = await tenant.SendAsync(HttpMethod.Post, "/dead-letters/replay", new JsonObject { ["script"] = "one" }, Stop);
        (await RunningProduct.ExpectAsync(replay, HttpStatusCode.Accepted)).GetProperty("done").GetInt32().ShouldBe(2);
        var left = (await tenant.GetAsync("/dead-letters?state=open")).GetProperty("items").EnumerateArray().Single();
        using var discard = await tenant.SendAsync(HttpMethod.Post, $"/dead-letters/{left.GetProperty("id").GetString()}/discard", cancellationToken: Stop);

        (await RunningProduct.ExpectAsync(discard, HttpStatusCode.OK)).GetProperty("state").GetString().ShouldBe("discarded");
        (await tenant.GetAsync("/dead-letters?state=open")).GetProperty("items").GetArrayLength().ShouldBe(0);
        await tenant.UntilListedAsync("/executions?script=one&status=completed", list => list.Count == 2);
    }

    [Fact(Timeout = Patience)]
    public async Task More_are_replayed_than_are_held_at_once()
    {
        const int all = 120;
        var tenant = await TenantAsync();
        await tenant.CreateScriptAsync("every-second", "oneoff", "if (context.input && !context.replayOf) throw new Error('x'); return 1;", retry: new JsonObject { ["attempts"] = 1 });
        foreach (var n in Enumerable.Range(0, all)) await tenant.EnqueueAsync("every-second", new JsonObject { ["input"] = n % 2 == 0 });
        await tenant.UntilListedAsync("/executions?limit=200", list => list.Count(execution => execution.GetProperty("finished_at").ValueKind == JsonValueKind.String) == all);

        using var letters = await tenant.SendAsync(HttpMethod.Post, "/dead-letters/replay", new JsonObject { ["script"] = "every-second" }, Stop);
        var dead = await RunningProduct.ExpectAsync(letters, HttpStatusCode.Accepted);
        (dead.GetProperty("matched").GetInt32(), dead.GetProperty("done").GetInt32()).ShouldBe((all / 2, all / 2));
        await tenant.UntilListedAsync("/executions?limit=200&status=completed", list => list.Count == all);
        using var replays = await tenant.SendAsync(HttpMethod.Post, "/executions/replay", new JsonObject { ["status"] = "completed" }, Stop);
        var completed = await RunningProduct.ExpectAsync(replays, HttpStatusCode.Accepted);
        (completed.GetProperty("matched").GetInt32(), completed.GetProperty("done").GetInt32()).ShouldBe((all, all));
    }

    [Fact(Timeout = Patience)]
    public async Task What_always_kills_its_worker_is_dead_after_its_attempts_while_a_neighbour_works_on()
    {
        var (tenant, neighbour) = (await TenantAsync(), await TenantAsync());
        await tenant.CreateScriptAsync("poison", "oneoff", "return 'x'.repeat(2 ** 28).split('').length", retry: new JsonObject { ["attempts"] = 2, ["backoff_ms"] = 1 });
        await neighbour.CreateScriptAsync("well", "oneoff", "return 1");

        await tenant.EnqueueAsync("poison");
        foreach (var _ in Enumerable.Range(0, 5))
            (await neighbour.UntilFinalAsync(await neighbour.EnqueueAsync("well"))).GetProperty("status").GetString().ShouldBe("completed");

        var letter = (await tenant.UntilListedAsync("/dead-letters", list => list.Count == 1))[0];
        (letter.GetProperty("attempts").GetInt32(), letter.GetProperty("code").GetString()).ShouldBe((2, "MEMORY_LIMIT"));
    }

    [Fact(Timeout = Patience)]
    public async Task A_queued_endpoint_answers_202_and_its_request_is_tried_again_with_its_exact_headers()
    {
        var tenant = await TenantAsync();
        await tenant.CreateScriptAsync(
            "inbox",
            "http",
            "if (context.attempt === 1) throw new Error('not yet'); return [context.trigger.httpRequest.headers['x-signature'], context.trigger.httpRequest.rawBody]",
            trigger: new JsonObject { ["path"] = "/inbox", ["methods"] = new JsonArray("POST"), ["auth"] = "public", ["mode"] = "queued" },
            retry: new JsonObject { ["attempts"] = 3, ["backoff_ms"] = 5 });

        using var request = new HttpRequestMessage(HttpMethod.Post, $"/t/{tenant.Slug}/api/scripts/inbox") { Content = new StringContent("a=ü") };
        request.Headers.Add("X-Signature", "s3cret-value");
        using var response = await fixture.Product.Endpoints.SendAsync(request, Stop);

        response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var id = response.Headers.GetValues("X-Execution-Id").Single();
        (await tenant.UntilFinalAsync(id)).GetProperty("error").GetProperty("message").GetString().ShouldBe("not yet");
        var done = (await tenant.UntilListedAsync("/executions?script=inbox&status=completed", list => list.Count == 1))[0];
        done.GetProperty("output").GetProperty("body").GetRawText().ShouldBe("""["s3cret-value","a=ü"]""");
        done.GetProperty("trigger").GetProperty("httpRequest").GetProperty("headers").GetProperty("x-signature").GetString().ShouldBe("***");
    }

    [Fact(Timeout = Patience)]
    public async Task A_providers_event_that_comes_again_is_the_same_execution()
    {
        var tenant = await TenantAsync();
        (await tenant.SendAsync(HttpMethod.Put, "/secrets/hub", new JsonObject { ["value"] = "hub-signing-key" }, Stop)).Dispose();
        await tenant.CreateScriptAsync(
            "pushes",
            "http",
            "return 1",
            trigger: new JsonObject
            {
                ["path"] = "/pushes",
                ["methods"] = new JsonArray("POST"),
                ["auth"] = "webhook",
                ["mode"] = "queued",
                ["webhook"] = new JsonObject { ["provider"] = "github", ["secret"] = "hub" },
            });

        string[] ids = [await PushAsync(tenant, "delivery-1"), await PushAsync(tenant, "delivery-1"), await PushAsync(tenant, "delivery-2")];

        ids[1].ShouldBe(ids[0]);
        ids[2].ShouldNotBe(ids[0]);
        await tenant.UntilListedAsync("/executions?script=pushes&status=completed", list => list.Count == 2);
        (await tenant.GetAsync("/executions?script=pushes")).GetProperty("items").GetArrayLength().ShouldBe(2);
    }

    private async Task<string> PushAsync(RunningProduct.Tenant tenant, string delivery)
    {
        var body = """{"ref":"main"}"""u8.ToArray();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/t/{tenant.Slug}/api/scripts/pushes") { Content = new ByteArrayContent(body) };
        request.Headers.Add("X-GitHub-Delivery", delivery);
        request.Headers.Add("X-Hub-Signature-256", $"sha256={Convert.ToHexStringLower(System.Security.Cryptography.HMACSHA256.HashData("hub-signing-key"u8, body))}");
        using var response = await fixture.Product.Endpoints.SendAsync(request, Stop);
        response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        return response.Headers.GetValues("X-Execution-Id").Single();
    }

    private Task<RunningProduct.Tenant> TenantAsync() => fixture.Product.CreateTenantAsync($"dead-{Interlocked.Increment(ref s_last)}");
}
