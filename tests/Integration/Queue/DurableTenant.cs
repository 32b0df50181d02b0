using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Tests.Integration.Product;
using Xunit;

namespace Sandbox.Tests.Integration.Queue;

/// <summary>What tests of durable executions ask of a tenant.</summary>
internal static class DurableTenant
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(50);
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>The id of an accepted execution.</summary>
    public static async Task<string> EnqueueAsync(this RunningProduct.Tenant tenant, string script, JsonObject? body = null)
    {
        using var response = await tenant.SendAsync(HttpMethod.Post, $"/scripts/{script}/executions", body?.DeepClone() ?? new JsonObject(), Stop);
        return (await RunningProduct.ExpectAsync(response, HttpStatusCode.Accepted)).GetProperty("id").GetString()!;
    }

    /// <summary>The execution, once it is final.</summary>
    public static async Task<JsonElement> UntilFinalAsync(this RunningProduct.Tenant tenant, string id)
    {
        while (true)
        {
            var execution = await tenant.GetAsync($"/executions/{id}");
            if (execution.GetProperty("finished_at").ValueKind == JsonValueKind.String) return execution;
            await Task.Delay(s_look, Stop);
        }
    }

    /// <summary>The items of a list, once they are as they should be.</summary>
    public static async Task<IReadOnlyList<JsonElement>> UntilListedAsync(this RunningProduct.Tenant tenant, string path, Func<IReadOnlyList<JsonElement>, bool> condition)
    {
        while (true)
        {
            JsonElement[] items = [.. (await tenant.GetAsync(path)).GetProperty("items").EnumerateArray()];
            if (condition(items)) return items;
            await Task.Delay(s_look, Stop);
        }
    }
}
