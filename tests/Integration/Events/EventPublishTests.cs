using System.Net;
using System.Text.Json;
using Sandbox.Tests.Integration.Http;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Events;

/// <summary><c>POST /events</c>: CloudEvents in each of their modes, all of a request or nothing.</summary>
public sealed class EventPublishTests(SharedProductFixture fixture) : IClassFixture<SharedProductFixture>
{
    private const int Patience = 120_000;
    private const string Head = """{"specversion":"1.0","id":"1","source":"/s","type":"a.b" """;
    private static int s_last;

    public static TheoryData<string, string, string> Data => new()
    {
        { "data", """{"n":1.50,"text":"\ud800"}""", """{"n":1.50,"text":"\ud800"}""" },
        { "data", "null", "null" },
        { "data", "7", "7" },
        { "datacontenttype\":\"text/plain\",\"data", "\"plain\"", "\"plain\"" },
        { "data_base64", "\"eyJuIjoyfQ==\"", """{"n":2}""" },
        { "datacontenttype\":\"image/png\",\"data_base64", "\"AQID\"", """{"base64":"AQID"}""" },
        { "datacontenttype\":\"application/json\",\"data_base64", "\"eyJuIjoxfQ==\"", """{"n":1}""" },
    };

    [Theory(Timeout = Patience)]
    [MemberData(nameof(Data))]
    public async Task Data_is_kept_as_its_content_type_says(string name, string data, string payload)
    {
        var tenant = await TenantAsync();

        await fixture.Product.PublishAsync(tenant, $"{Head},\"{name}\":{data}}}");

        (await tenant.UntilDeliveredAsync("a.b")).GetProperty("payload").GetRawText().ShouldBe(payload);
    }

    [Fact(Timeout = Patience)]
    public async Task A_structured_event_keeps_its_attributes()
    {
        var tenant = await TenantAsync();

        await fixture.Product.PublishAsync(
            tenant,
            """
            {"specversion":"1.0","id":"é 1","source":"https://shop.example/eu?x=1","type":"com.Example.Order","subject":"o/7",
            "time":"2026-03-01T12:00:00+02:00","dataschema":"https://x.example/s","region":"eu","data":1}
            """,
            "application/json; charset=utf-8");

        var found = await tenant.UntilDeliveredAsync("com.Example.Order");
        found.GetProperty("event_id").GetString().ShouldBe("é 1");
        found.GetProperty("source").GetString().ShouldBe("https://shop.example/eu?x=1");
        found.GetProperty("subject").GetString().ShouldBe("o/7");
        found.GetProperty("time").GetDateTimeOffset().ShouldBe(new DateTimeOffset(2026, 3, 1, 10, 0, 0, TimeSpan.Zero));
        found.GetProperty("attributes").GetRawText().ShouldBe(
            """{"dataschema":"https://x.example/s","region":"eu","datacontenttype":"application/json"}""");
        found.GetProperty("deliveries").GetArrayLength().ShouldBe(0);
    }

    [Theory(Timeout = Patience)]
    [InlineData("application/json", """{"n":1.50}""", """{"n":1.50}""")]
    [InlineData("application/vnd.shop+json", "[1]", "[1]")]
    [InlineData("text/plain", "plain", "\"plain\"")]
    [InlineData("application/octet-stream", "abc", """{"base64":"YWJj"}""")]
    public async Task Binary_mode_reads_attributes_from_headers_and_data_from_the_body(string contentType, string body, string payload)
    {
        var tenant = await TenantAsync();

        var answer = await fixture.Product.PublishAsync(
            tenant,
            body,
            contentType,
            ("ce-specversion", "1.0"),
            ("ce-id", "b%201"),
            ("ce-source", "/binary"),
            ("ce-type", "a.b"),
            ("ce-time", "2026-03-01T10:00:00Z"),
            ("ce-region", "eu"));

        answer.GetProperty("accepted")[0].GetString().ShouldBe("b 1");
        var found = await tenant.UntilDeliveredAsync("a.b");
        found.GetProperty("payload").GetRawText().ShouldBe(payload);
        found.GetProperty("attributes").GetProperty("region").GetString().ShouldBe("eu");
        found.GetProperty("time").GetDateTimeOffset().ShouldBe(new DateTimeOffset(2026, 3, 1, 10, 0, 0, TimeSpan.Zero));
    }

    [Theory(Timeout = Patience)]
    [InlineData(EventTenant.Structured, "{", 400, null)]
    [InlineData(EventTenant.Structured, "[]", 422, "body")]
    [InlineData(EventTenant.Structured, """{"specversion":"1.0","id":"1","source":"/s"}""", 422, "type")]
    [InlineData(EventTenant.Structured, """{"specversion":"1.0","id":7,"source":"/s","type":"a.b"}""", 422, "id")]
    [InlineData(EventTenant.Structured, """{"specversion":"1.0","id":"","source":"/s","type":"a.b"}""", 422, null)]
    [InlineData(EventTenant.Structured, """{"specversion":"0.3","id":"1","source":"/s","type":"a.b"}""", 422, "specversion")]
    [InlineData(EventTenant.Structured, """{"specversion":"1.0","id":"1","source":"/s","type":"a b"}""", 422, "type")]
    [InlineData(EventTenant.Structured, """{"specversion":"1.0","id":"\u0000","source":"/s","type":"a.b"}""", 422, null)]
    [InlineData(EventTenant.Structured, """{"specversion":"1.0","id":"\ud800","source":"/s","type":"a.b"}""", 422, null)]
    [InlineData(EventTenant.Structured, """{"specversion":"1.0","id":"1","source":"/s","type":"a.b","time":"yesterday"}""", 422, "body")]
    [InlineData(EventTenant.Structured, """{"specversion":"1.0","id":"1","source":"/s","type":"a.b","data":1,"data_base64":"AQID"}""", 422, "body")]
    [InlineData(EventTenant.Structured, """{"specversion":"1.0","id":"1","source":"/s","type":"a.b","datacontenttype":"application/json","data_base64":"AQID"}""", 422, "data")]
    [InlineData(EventTenant.Batch, "{}", 422, "body")]
    [InlineData(EventTenant.Batch, """[{"specversion":"1.0","id":"1","source":"/s","type":"a.b"},{"specversion":"1.0","id":"2","type":"a.b"}]""", 422, "[1].source")]
    [InlineData(EventTenant.Batch, """[{"specversion":"1.0","id":"1","source":"/s","type":"a.b"},7]""", 422, "[1]")]
    [InlineData("text/plain", "x", 415, null)]
    public async Task What_is_no_event_is_refused_with_its_field_and_nothing_is_stored(string contentType, string body, int status, string? field)
    {
        var tenant = await TenantAsync();
        using var response = await fixture.Product.PostEventsAsync(tenant, body, contentType);

        var problem = await RunningProduct.ExpectAsync(response, (HttpStatusCode)status);
        if (field is not null) problem.GetProperty("errors").EnumerateArray().Single().GetProperty("field").GetString().ShouldBe(field);
        (await tenant.GetAsync("/events")).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Fact(Timeout = Patience)]
    public async Task A_batch_is_bounded_in_events_and_each_in_bytes()
    {
        var tenant = await TenantAsync();
        var many = string.Join(',', Enumerable.Range(0, 1_001).Select(i => EventTenant.Event("a.b", $"{i}")));
        using var tooMany = await fixture.Product.PostEventsAsync(tenant, $"[{many}]", EventTenant.Batch);
        (await RunningProduct.ExpectAsync(tooMany, HttpStatusCode.UnprocessableEntity)).GetProperty("detail").GetString()!.ShouldContain("1000");

        var large = EventTenant.Event("a.b", "large", $"\"{new string('x', 1024 * 1024)}\"");
        using var tooLarge = await fixture.Product.PostEventsAsync(tenant, $"[{EventTenant.Event("a.b", "small")},{large}]", EventTenant.Batch);
        var problem = await RunningProduct.ExpectAsync(tooLarge, HttpStatusCode.RequestEntityTooLarge);

        problem.GetProperty("code").GetString().ShouldBe("INPUT_TOO_LARGE");
        problem.GetProperty("errors")[0].GetProperty("field").GetString().ShouldBe("[1].data");
        (await tenant.GetAsync("/events")).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Theory(Timeout = Patience)]
    [InlineData("type")]
    [InlineData("source")]
    [InlineData("event_id")]
    public async Task A_filter_that_no_event_can_match_is_refused_by_name(string filter)
    {
        var tenant = await fixture.Product.CreateTenantAsync($"events-nul-{filter.Replace('_', '-')}");

        using var response = await tenant.SendAsync(HttpMethod.Get, $"/events?{filter}=a%00b", cancellationToken: TestContext.Current.CancellationToken);

        var problem = await RunningProduct.ExpectAsync(response, HttpStatusCode.UnprocessableEntity);
        problem.GetProperty("errors").EnumerateArray().Single().GetProperty("field").GetString().ShouldBe(filter);
    }

    [Fact(Timeout = Patience)]
    public async Task Events_are_listed_newest_first_by_page_and_filter()
    {
        var tenant = await TenantAsync();
        foreach (var i in Enumerable.Range(0, 5))
            await fixture.Product.PublishAsync(tenant, EventTenant.Event(i % 2 == 0 ? "list.even" : "list.odd", $"l-{i}"));

        var first = await tenant.GetAsync("/events?limit=2");
        var second = await tenant.GetAsync($"/events?limit=2&cursor={first.GetProperty("next_cursor").GetString()}");

        Ids(first).ShouldBe(["l-4", "l-3"]);
        Ids(second).ShouldBe(["l-2", "l-1"]);
        Ids(await tenant.GetAsync("/events?type=list.odd&source=/shop")).ShouldBe(["l-3", "l-1"]);
        Ids(await tenant.GetAsync("/events?event_id=l-2")).ShouldBe(["l-2"]);
        Ids(await tenant.GetAsync("/events?source=/other")).ShouldBeEmpty();
        Ids(await tenant.GetAsync("/events?to=2020-01-01T00:00:00Z")).ShouldBeEmpty();
        using var missing = await tenant.SendAsync(HttpMethod.Get, $"/events/{Guid.NewGuid()}", cancellationToken: TestContext.Current.CancellationToken);
        missing.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private static string[] Ids(JsonElement page) =>
        [.. page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("event_id").GetString()!)];

    private Task<RunningProduct.Tenant> TenantAsync() => fixture.Product.CreateTenantAsync($"publish-{Interlocked.Increment(ref s_last)}");
}
