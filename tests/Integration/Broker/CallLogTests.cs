using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Tests.Integration.Http;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Broker;

/// <summary>The call log and the usage over REST, of calls that scripts really made.</summary>
public sealed class CallLogTests(SharedProductFixture fixture) : IClassFixture<SharedProductFixture>
{
    private const int Minute = 60_000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = Minute)]
    public async Task The_calls_of_an_execution_are_there_right_after_its_answer_and_page_by_page()
    {
        var tenant = await SdkTenant.NewAsync(fixture.Product);
        var execution = await tenant.RunAsync(
            "await sdk.cache.set('k', 1); await sdk.cache.get('k'); try { await sdk.cache.get(5); } catch {} return 1;");
        var path = $"/executions/{execution.GetProperty("id").GetString()}/calls";

        var calls = (await tenant.Rest.GetAsync(path)).GetProperty("items").EnumerateArray().ToList();
        var first = await tenant.Rest.GetAsync($"{path}?limit=2");
        var rest = await tenant.Rest.GetAsync($"{path}?limit=2&cursor={first.GetProperty("next_cursor").GetString()}");

        execution.GetProperty("calls").GetInt32().ShouldBe(3);
        calls.Select(Text("capability")).ShouldBe(["cache.set", "cache.get", "cache.get"]);
        calls.Select(Text("status")).ShouldBe(["ok", "ok", "INVALID_ARGUMENT"]);
        calls[0].EnumerateObject().Select(property => property.Name)
            .ShouldBe(["seq", "capability", "summary", "status", "bytes", "ms", "offset_ms"]);
        calls.ShouldAllBe(call => call.GetProperty("bytes").GetInt64() > 0);
        calls.Select(call => call.GetProperty("offset_ms").GetDouble()).ShouldBeInOrder();
        first.GetProperty("items").GetArrayLength().ShouldBe(2);
        rest.GetProperty("items").EnumerateArray().ShouldHaveSingleItem().GetProperty("seq").GetInt32().ShouldBe(3);
        rest.GetProperty("next_cursor").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact(Timeout = Minute)]
    public async Task The_calls_of_a_running_execution_are_listed_and_another_tenant_finds_none()
    {
        var tenant = await SdkTenant.NewAsync(fixture.Product);
        var other = await SdkTenant.NewAsync(fixture.Product);
        var name = await tenant.ScriptAsync("await sdk.cache.set('k', 1); await new Promise(r => setTimeout(r, 60000));");
        var answer = tenant.Rest.InvokeAsync(name, cancellationToken: Stop);
        JsonElement call;
        string id;
        while (true)
        {
            var listed = await tenant.Rest.GetAsync($"/executions?status=running&script={name}");
            var running = listed.GetProperty("items").EnumerateArray().ToList();
            if (running.Count == 1)
            {
                id = running[0].GetProperty("id").GetString()!;
                var calls = (await tenant.Rest.GetAsync($"/executions/{id}/calls")).GetProperty("items").EnumerateArray().ToList();
                if ((call = calls.FirstOrDefault()).ValueKind == JsonValueKind.Object) break;
            }

            await Task.Delay(10, Stop);
        }

        call.GetProperty("capability").GetString().ShouldBe("cache.set");
        using (var refused = await other.Rest.SendAsync(HttpMethod.Get, $"/executions/{id}/calls", cancellationToken: Stop))
            refused.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using (await tenant.Rest.SendAsync(HttpMethod.Post, $"/executions/{id}/cancel", cancellationToken: Stop))
            (await answer).GetProperty("status").GetString().ShouldBe("cancelled");
    }

    [Theory(Timeout = Minute)]
    [InlineData("/executions?label=order", "label")]
    [InlineData("/executions?label=:7", "label")]
    [InlineData("/executions?label=a:1&label=b:&label=c:&label=d:&label=e:&label=f:&label=g:&label=h:&label=i:&label=j:&label=k:", "label")]
    [InlineData("/usage?from=2026-11-31", "from")]
    [InlineData("/usage?to=tomorrow", "to")]
    [InlineData("/usage?until=2026-11-30", "until")]
    public async Task A_parameter_that_cannot_be_is_named(string path, string field)
    {
        var tenant = await SdkTenant.NewAsync(fixture.Product);

        using var response = await tenant.Rest.SendAsync(HttpMethod.Get, path, cancellationToken: Stop);

        var problem = await RunningProduct.ExpectAsync(response, HttpStatusCode.UnprocessableEntity);
        problem.GetProperty("errors")[0].GetProperty("field").GetString().ShouldBe(field);
    }

    [Theory(Timeout = Minute)]
    [InlineData("label=order:7")]
    [InlineData("label=order:7&label=a%00b:%ED%A0%80")]
    [InlineData("label=url:https://example.org/?a=b")]
    public async Task A_label_that_no_execution_has_finds_none(string query)
    {
        var tenant = await SdkTenant.NewAsync(fixture.Product);
        await tenant.RunAsync("return 1;");

        (await tenant.Rest.GetAsync($"/executions?{query}")).GetProperty("items").GetArrayLength().ShouldBe(0);
        (await tenant.Rest.GetAsync("/executions")).GetProperty("items").GetArrayLength().ShouldBe(1);
    }

    [Fact(Timeout = Minute)]
    public async Task Usage_has_the_executions_and_calls_of_the_day()
    {
        var tenant = await SdkTenant.NewAsync(fixture.Product);
        await tenant.RunAsync("await sdk.cache.set('k', 1); return 1;", limits: new JsonObject { ["calls"] = 1 });
        await tenant.RunAsync("throw new Error('no');");

        // Rows follow the answers by a quarter of a second.
        JsonElement day;
        while (true)
        {
            var days = (await tenant.Rest.GetAsync("/usage?from=2026-01-01&to=9999-12-31")).GetProperty("items").EnumerateArray().ToList();
            if (days.Sum(one => one.GetProperty("executions").GetInt64()) == 2 && days.Count == 1)
            {
                day = days[0];
                break;
            }

            await Task.Delay(50, Stop);
        }

        day.EnumerateObject().Select(property => property.Name)
            .ShouldBe(["day", "executions", "failures", "cpu_ms", "duration_ms", "calls", "call_bytes"]);
        DateOnly.ParseExact(day.GetProperty("day").GetString()!, "yyyy-MM-dd").ShouldBeGreaterThan(new DateOnly(2026, 1, 1));
        (day.GetProperty("failures").GetInt64(), day.GetProperty("calls").GetInt64()).ShouldBe((1, 1));
        day.GetProperty("duration_ms").GetDouble().ShouldBePositive();
        day.GetProperty("call_bytes").GetInt64().ShouldBePositive();
        (await tenant.Rest.GetAsync("/usage?to=2026-01-01")).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    private static Func<JsonElement, string?> Text(string name) => element => element.GetProperty(name).GetString();
}
