using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Http;

/// <summary>Executions that are not final, as the API lists and follows them.</summary>
public sealed class InFlightTests(ProductFixture fixture) : IClassFixture<ProductFixture>
{
    private const int Patience = 120_000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = Patience)]
    public async Task A_running_execution_older_than_the_first_page_is_on_a_later_one()
    {
        await CreateAsync("long", "console.log('begun'); for (;;) ;", "all");
        await CreateAsync("short", "return 1;", "all");
        var calls = new List<Task<JsonElement>>();
        for (var n = 0; n < 2; n++)
        {
            calls.Add(InvokeAsync("long"));
            await RunningAsync("long", n + 1);
        }

        for (var n = 0; n < 3; n++) await InvokeAsync("short");
        var running = await RunningAsync("long", 2);

        var listed = await ListAsync("limit=1");
        listed.Distinct().ShouldBe(listed);
        listed.ShouldBe(listed.OrderDescending());
        running.ShouldBeSubsetOf(listed);
        (await ListAsync("status=running&script=long&limit=1")).ShouldBe(running.OrderDescending());

        foreach (var id in running) await SendAsync(HttpMethod.Post, $"/executions/{id}/cancel");
        await Task.WhenAll(calls);
    }

    [Theory(Timeout = Patience)]
    [InlineData("all", "line 1")]
    [InlineData("metadata", null)]
    public async Task A_stream_that_follows_a_running_execution_ends_with_its_final_status(string record, string? line)
    {
        var name = $"followed-{record}";
        await CreateAsync(name, "console.log('line 1'); const end = Date.now() + 700; while (Date.now() < end) ;", record);
        for (var round = 0; round < 5; round++)
        {
            var call = InvokeAsync(name);
            var id = (await RunningAsync(name, 1))[0];

            var text = await FollowAsync(id);

            text.ShouldEndWith("event: end\ndata: {\"status\":\"completed\"}\n\n");
            if (line is not null) text.ShouldContain(line);
            else text.ShouldNotContain("event: log");
            await call;
        }
    }

    private Task<JsonElement> CreateAsync(string name, string source, string record)
    {
        var script = new JsonObject { ["name"] = name, ["kind"] = "embedded", ["source"] = source, ["record"] = record };
        return SendAsync(HttpMethod.Post, "/scripts", script.ToJsonString(), HttpStatusCode.Created);
    }

    private Task<JsonElement> InvokeAsync(string name) => SendAsync(HttpMethod.Post, $"/scripts/{name}/invoke", "{}");

    /// <summary>Ids of the executions of a script that run, once there are so many.</summary>
    private async Task<List<string>> RunningAsync(string script, int count)
    {
        while (true)
        {
            var page = await SendAsync(HttpMethod.Get, $"/executions?status=running&script={script}");
            var ids = page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()!).ToList();
            if (ids.Count >= count) return ids;
            await Task.Delay(10, Stop);
        }
    }

    private async Task<List<string>> ListAsync(string query)
    {
        var ids = new List<string>();
        for (var cursor = ""; ;)
        {
            var page = await SendAsync(HttpMethod.Get, $"/executions?{query}{cursor}");
            ids.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()!));
            if (page.GetProperty("next_cursor").GetString() is not { } next) return ids;
            cursor = $"&cursor={next}";
        }
    }

    private async Task<string> FollowAsync(string id)
    {
        using var request = Request(HttpMethod.Get, $"/executions/{id}/logs");
        request.Headers.TryAddWithoutValidation("Accept", "text/event-stream");
        using var response = await fixture.Product.Admin.SendAsync(request, Stop);
        return await response.Content.ReadAsStringAsync(Stop);
    }

    private async Task<JsonElement> SendAsync(
        HttpMethod method, string path, string? json = null, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var request = Request(method, path);
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await fixture.Product.Admin.SendAsync(request, Stop);
        var text = await response.Content.ReadAsStringAsync(Stop);
        response.StatusCode.ShouldBe(expected, text);
        return JsonDocument.Parse(text).RootElement;
    }

    private HttpRequestMessage Request(HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, $"/api/v1{path}");
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {fixture.Product.Env["SANDBOX_TOKEN"]}");
        return request;
    }
}
