using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Tests.Integration.Http;
using Sandbox.Tests.Integration.Product;
using Sandbox.Tests.Integration.Queue;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Errors;

/// <summary>Errors of a running product, over HTTP.</summary>
public sealed class ErrorEndpointTests(SharedProductFixture fixture) : IClassFixture<SharedProductFixture>
{
    private const int Patience = 120_000;
    private const string Source = "function load(n) { throw new Error(`no order ${n}`) }\nreturn load(context.input)";
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = Patience)]
    public async Task Failures_of_calls_and_of_durable_executions_of_every_version_are_one_error()
    {
        var tenant = await fixture.Product.CreateTenantAsync($"t{Guid.NewGuid():N}");
        var retry = new JsonObject { ["attempts"] = 2, ["backoff_ms"] = 5 };
        var script = await tenant.CreateScriptAsync("orders", "oneoff", Source, retry: retry);
        await tenant.InvokeAsync("orders", 17);
        await tenant.EnqueueAsync("orders", new JsonObject { ["input"] = 4711 });
        var error = (await tenant.UntilListedAsync("/errors?script=orders", list => list is [var one] && Count(one) == 3))[0];

        error.GetProperty("message").GetString().ShouldBe("no order <n>");
        error.GetProperty("function").GetString().ShouldBe("load");
        error.GetProperty("line").GetInt32().ShouldBe(1);
        error.GetProperty("error_name").GetString().ShouldBe("Error");
        error.GetProperty("script_id").GetString().ShouldBe(script.GetProperty("id").GetString());
        error.GetProperty("state").GetString().ShouldBe("open");
        error.GetProperty("resolved_in_version").ValueKind.ShouldBe(JsonValueKind.Null);
        error.TryGetProperty("trend", out _).ShouldBeFalse();
        var path = $"/errors/{error.GetProperty("id").GetString()}";
        (await tenant.GetAsync(path)).GetProperty("trend").EnumerateArray().Sum(Count).ShouldBe(3);
        await tenant.GetAsync($"/executions/{error.GetProperty("last_execution_id").GetString()}");

        (await PostAsync(tenant, $"{path}/resolve", new JsonObject())).GetProperty("resolved_in_version").GetInt32().ShouldBe(1);
        var moved = new JsonObject { ["source"] = $"\n\n{Source}" };
        using (var published = await tenant.SendAsync(HttpMethod.Patch, "/scripts/orders", moved, Stop))
            await RunningProduct.ExpectAsync(published, HttpStatusCode.OK);
        await tenant.InvokeAsync("orders", 18);

        var regressed = (await tenant.UntilListedAsync("/errors?state=open&version=2&q=ORDER", list => list.Count == 1))[0];
        regressed.GetProperty("id").GetString().ShouldBe(error.GetProperty("id").GetString());
        regressed.GetProperty("versions").GetRawText().ShouldBe("[1,2]");
        regressed.GetProperty("line").GetInt32().ShouldBe(3);
        regressed.GetProperty("regressed_at").ValueKind.ShouldBe(JsonValueKind.String);
        var ignored = await PostAsync(tenant, $"{path}/ignore", new JsonObject { ["until"] = "2099-01-01T00:00:00Z" });
        ignored.GetProperty("ignored_until").GetString().ShouldBe("2099-01-01T00:00:00Z");
        (await PostAsync(tenant, $"{path}/reopen", body: null)).GetProperty("state").GetString().ShouldBe("open");
    }

    [Theory(Timeout = Patience)]
    [InlineData("/errors?state=closed", "state")]
    [InlineData("/errors?version=one", "version")]
    [InlineData("/errors?from=yesterday", "from")]
    [InlineData("/errors?q=a%00b", "q")]
    [InlineData("/errors?message=x", "message")]
    public async Task A_filter_that_cannot_be_read_is_refused_by_its_name(string path, string field)
    {
        var tenant = await fixture.Product.CreateTenantAsync($"t{Guid.NewGuid():N}");

        using var response = await tenant.SendAsync(HttpMethod.Get, path, cancellationToken: Stop);

        var problem = await RunningProduct.ExpectAsync(response, HttpStatusCode.UnprocessableEntity);
        problem.GetProperty("errors")[0].GetProperty("field").GetString().ShouldBe(field);
    }

    private static int Count(JsonElement error) => error.GetProperty("count").GetInt32();

    private static async Task<JsonElement> PostAsync(RunningProduct.Tenant tenant, string path, JsonNode? body)
    {
        using var response = await tenant.SendAsync(HttpMethod.Post, path, body, Stop);
        return await RunningProduct.ExpectAsync(response, HttpStatusCode.OK);
    }
}
