using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Tests.Integration.Product;
using Sandbox.Tests.Integration.Queue;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Events;

/// <summary>What tests of events ask of a tenant.</summary>
internal static class EventTenant
{
    public const string Structured = "application/cloudevents+json";
    public const string Batch = "application/cloudevents-batch+json";
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static string Event(string type, string id, string data = "null") =>
        $$"""{"specversion":"1.0","id":"{{id}}","source":"/shop","type":"{{type}}","time":"2026-03-01T10:00:00Z","data":{{data}}}""";

    /// <summary>An event script.</summary>
    public static Task<JsonElement> ListenAsync(
        this RunningProduct.Tenant tenant, string name, string types, string source, string more = "", JsonObject? retry = null) =>
        tenant.CreateScriptAsync(name, "event", source, trigger: (JsonObject)JsonNode.Parse($$"""{"event_types":["{{types}}"]{{more}}}""")!, retry: retry);

    /// <summary>A request with a body of the content type, and headers.</summary>
    public static async Task<HttpResponseMessage> PostEventsAsync(
        this RunningProduct product,
        RunningProduct.Tenant tenant,
        string body,
        string contentType = Structured,
        params (string Name, string Value)[] headers)
    {
        using var request = tenant.Request(HttpMethod.Post, "/events");
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue();
        return await product.Admin.SendAsync(request, Stop);
    }

    /// <summary>What an accepted request answers.</summary>
    public static async Task<JsonElement> PublishAsync(
        this RunningProduct product,
        RunningProduct.Tenant tenant,
        string body,
        string contentType = Structured,
        params (string Name, string Value)[] headers)
    {
        using var response = await product.PostEventsAsync(tenant, body, contentType, headers);
        return await RunningProduct.ExpectAsync(response, HttpStatusCode.Accepted);
    }

    /// <summary>Executions of the script, oldest first, once there are so many and all are final.</summary>
    public static async Task<JsonElement[]> UntilRanAsync(this RunningProduct.Tenant tenant, string script, int count)
    {
        var listed = await tenant.UntilListedAsync(
            $"/executions?script={script}",
            list => list.Count >= count && list.All(execution => execution.GetProperty("finished_at").ValueKind == JsonValueKind.String));
        return [.. listed.Reverse()];
    }

    /// <summary>The one event of the type with its deliveries, once it is routed and none of them waits.</summary>
    public static async Task<JsonElement> UntilDeliveredAsync(this RunningProduct.Tenant tenant, string type)
    {
        var listed = await tenant.UntilListedAsync(
            $"/events?type={type}", list => list.Count == 1 && list[0].GetProperty("routed_at").ValueKind == JsonValueKind.String);
        while (true)
        {
            var found = await tenant.GetAsync($"/events/{listed[0].GetProperty("id").GetString()}");
            if (found.GetProperty("deliveries").EnumerateArray().All(delivery => delivery.GetProperty("state").GetString() != "waiting"))
                return found;
            await Task.Delay(50, Stop);
        }
    }
}
