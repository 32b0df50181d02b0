using System.Net;
using System.Text.Json;
using Sandbox.Tests.Integration.Http;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Product;

/// <summary><c>GET /executions/changes</c>: who follows a tenant's executions is told when one began or ended, and learns nothing of others.</summary>
public sealed class FollowTests(SharedProduct shared)
{
    private const int Patience = 120_000;
    private const int ReadersMax = 100;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = Patience)]
    public async Task Who_follows_is_told_of_the_own_tenant_s_executions_alone()
    {
        var product = await shared.Product;
        var (tenant, other) = (await product.CreateTenantAsync("followed"), await product.CreateTenantAsync("not-followed"));
        var script = (await tenant.CreateScriptAsync("one", "embedded", "return 1")).GetProperty("id").GetString();
        await tenant.CreateScriptAsync("two", "embedded", "return 1");
        await other.CreateScriptAsync("one", "embedded", "return 1");
        using var ofAll = await FollowAsync(tenant, "");
        using var ofOne = await FollowAsync(tenant, $"?script={script}");
        using var readAll = new StreamReader(await ofAll.Content.ReadAsStreamAsync(Stop));
        using var readOne = new StreamReader(await ofOne.Content.ReadAsStreamAsync(Stop));
        ofAll.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        var (all, one) = (NextAsync(readAll), NextAsync(readOne));

        await other.InvokeAsync("one");
        await Task.Delay(500, Stop);
        all.IsCompleted.ShouldBeFalse();
        await tenant.InvokeAsync("two");
        (await all).ShouldBe("event: changed");
        (await NextAsync(readAll)).ShouldStartWith("data: {\"at\":\"20");
        await Task.Delay(500, Stop);
        one.IsCompleted.ShouldBeFalse();
        await tenant.InvokeAsync("one");
        (await one).ShouldBe("event: changed");
    }

    [Fact(Timeout = Patience)]
    public async Task A_storm_is_at_most_one_event_in_a_second()
    {
        var tenant = await (await shared.Product).CreateTenantAsync("followed-storm");
        await tenant.CreateScriptAsync("one", "embedded", "return 1");
        using var response = await FollowAsync(tenant, "");
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Stop));
        foreach (var _ in Enumerable.Range(0, 50)) await tenant.InvokeAsync("one");

        var times = new List<DateTimeOffset>();
        while (times.Count < 2)
        {
            if (await NextAsync(reader) is var line && line.StartsWith("data: ", StringComparison.Ordinal))
                times.Add(JsonDocument.Parse(line["data: ".Length..]).RootElement.GetProperty("at").GetDateTimeOffset());
        }

        (times[1] - times[0]).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(990));
    }

    [Fact(Timeout = Patience)]
    public async Task Readers_have_a_limit_and_leave_their_place()
    {
        var tenant = await (await shared.Product).CreateTenantAsync("followed-by-many");
        var readers = new List<HttpResponseMessage>();
        try
        {
            foreach (var _ in Enumerable.Range(0, ReadersMax)) readers.Add(await FollowAsync(tenant, ""));
            using var refused = await FollowAsync(tenant, "", HttpStatusCode.TooManyRequests);
            refused.Headers.RetryAfter.ShouldNotBeNull();
            (await RunningProduct.ExpectAsync(refused, HttpStatusCode.TooManyRequests)).GetProperty("code").GetString().ShouldBe("RATE_LIMIT");
        }
        finally
        {
            foreach (var reader in readers) reader.Dispose();
        }

        while (true)
        {
            using var again = await FollowAsync(tenant, "", status: null);
            if (again.StatusCode == HttpStatusCode.OK) return;
            await Task.Delay(50, Stop);
        }
    }

    [Fact(Timeout = Patience)]
    public async Task It_is_asked_for_as_a_stream_and_a_script_is_named_by_its_id()
    {
        var tenant = await (await shared.Product).CreateTenantAsync("followed-wrongly");
        using var plain = await tenant.SendAsync(HttpMethod.Get, "/executions/changes", null, Stop);
        await RunningProduct.ExpectAsync(plain, HttpStatusCode.NotAcceptable);
        using var response = await FollowAsync(tenant, "?script=one", HttpStatusCode.UnprocessableEntity);
        var problem = await RunningProduct.ExpectAsync(response, HttpStatusCode.UnprocessableEntity);
        problem.GetProperty("errors")[0].GetProperty("field").GetString().ShouldBe("script");
    }

    /// <summary>The next line that says something.</summary>
    private static async Task<string> NextAsync(StreamReader reader)
    {
        while (true)
        {
            var line = await reader.ReadLineAsync(Stop) ?? throw new EndOfStreamException();
            if (line is not ("" or [':', ..])) return line;
        }
    }

    /// <param name="tenant">Whose executions.</param>
    /// <param name="query">Of the address.</param>
    /// <param name="status">What it must answer; null: anything.</param>
    private async Task<HttpResponseMessage> FollowAsync(RunningProduct.Tenant tenant, string query, HttpStatusCode? status = HttpStatusCode.OK)
    {
        using var request = tenant.Request(HttpMethod.Get, $"/executions/changes{query}");
        request.Headers.Accept.ParseAdd("text/event-stream");
        var response = await (await shared.Product).Admin.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
        if (status is { } wanted) response.StatusCode.ShouldBe(wanted);
        return response;
    }
}
