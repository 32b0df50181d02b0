using System.Net;
using System.Text.Json.Nodes;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Queue;

/// <summary>A tenant may let only so many executions wait.</summary>
public sealed class WaitingMaxTests : IAsyncLifetime
{
    private const int Patience = 120_000;
    private const int Most = 5;
    private RunningProduct _product = null!;
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _product = await RunningProduct.StartAsync($"--Sandbox:Queue:WaitingMax={Most}");

    public ValueTask DisposeAsync() => _product.DisposeAsync();

    [Fact(Timeout = Patience)]
    public async Task What_would_wait_beyond_the_bound_is_refused_at_every_door_and_others_are_served()
    {
        var tenant = await _product.CreateTenantAsync("full");
        await tenant.CreateScriptAsync("held-work", "oneoff", "return 1");
        await tenant.CreateScriptAsync(
            "held-request", "http", "return 1", trigger: new JsonObject { ["path"] = "/held", ["methods"] = new JsonArray("POST"), ["auth"] = "public", ["mode"] = "queued" });
        foreach (var script in new[] { "held-work", "held-request" }) (await tenant.SendAsync(HttpMethod.Post, $"/scripts/{script}/pause", cancellationToken: Stop)).Dispose();
        for (var i = 0; i < Most; i++) await tenant.EnqueueAsync("held-work");

        using var direct = await tenant.SendAsync(HttpMethod.Post, "/scripts/held-work/executions", new JsonObject(), Stop);
        using var queued = await _product.Endpoints.PostAsync("/t/full/api/scripts/held", null, Stop);
        using var sent = await PublishAsync(tenant);

        foreach (var response in new[] { direct, queued, sent })
        {
            response.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
            response.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromMinutes(1));
        }

        (await RunningProduct.ExpectAsync(direct, HttpStatusCode.TooManyRequests)).GetProperty("detail").GetString()!.ShouldContain("Sandbox:Queue:WaitingMax");
        var other = await _product.CreateTenantAsync("other");
        await other.CreateScriptAsync("work", "oneoff", "return 1");
        (await other.UntilFinalAsync(await other.EnqueueAsync("work"))).GetProperty("status").GetString().ShouldBe("completed");
    }

    [Fact(Timeout = Patience)]
    public async Task A_rate_of_a_cancel_is_refused()
    {
        var tenant = await _product.CreateTenantAsync("rated");
        using var response = await tenant.SendAsync(HttpMethod.Post, "/executions/cancel", new JsonObject { ["script"] = "any", ["rate_per_minute"] = 10 }, Stop);
        (await RunningProduct.ExpectAsync(response, HttpStatusCode.UnprocessableEntity)).GetProperty("detail").GetString()!.ShouldContain("is for replays");
    }

    private static async Task<HttpResponseMessage> PublishAsync(RunningProduct.Tenant tenant)
    {
        using var request = tenant.Request(HttpMethod.Post, "/events");
        request.Content = new StringContent(
            """{"specversion":"1.0","id":"1","source":"/s","type":"order.paid"}""", System.Text.Encoding.UTF8, "application/cloudevents+json");
        return await tenant.SendAsync(request, Stop);
    }
}
