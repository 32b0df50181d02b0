using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Tests.Integration.Product;

namespace Sandbox.Tests.Integration.Broker;

/// <summary>A tenant of its own in a running product, whose scripts use the sdk.</summary>
internal sealed class SdkTenant
{
    private static int s_last;
    private static int s_scripts;

    private SdkTenant(RunningProduct.Tenant rest) => Rest = rest;

    public RunningProduct.Tenant Rest { get; }

    public static async Task<SdkTenant> NewAsync(RunningProduct product) =>
        new(await product.CreateTenantAsync($"sdk-{Interlocked.Increment(ref s_last)}-{Guid.NewGuid().ToString("N")[..6]}"));

    /// <summary>One of the demo's tenants, which have business data.</summary>
    public static SdkTenant OfDemo(RunningProduct product, string slug) => new(new RunningProduct.Tenant(product, slug));

    /// <summary>Makes an embedded script; its name.</summary>
    /// <param name="uses">JSON of what it declares; null: what its source shows.</param>
    public async Task<string> ScriptAsync(string source, JsonObject? limits = null, string? uses = null)
    {
        var name = $"script-{Interlocked.Increment(ref s_scripts)}";
        await Rest.CreateScriptAsync(name, "embedded", source, limits, uses: uses);
        return name;
    }

    /// <summary>The execution of a new script.</summary>
    public async Task<JsonElement> RunAsync(string source, JsonNode? input = null, JsonObject? limits = null, string? uses = null) =>
        await Rest.InvokeAsync(await ScriptAsync(source, limits, uses), input);

    /// <summary>The output of a new script that must complete, as JSON text.</summary>
    public async Task<string> OutputAsync(string source, JsonNode? input = null, string? uses = null) => Output(await RunAsync(source, input, uses: uses));

    /// <summary>The output of a script that must complete, as JSON text.</summary>
    public async Task<string> InvokeAsync(string script, JsonNode? input = null) => Output(await Rest.InvokeAsync(script, input));

    public static string Output(JsonElement execution) => execution.GetProperty("status").GetString() == "completed"
        ? execution.GetProperty("output").GetRawText()
        : throw new InvalidOperationException(execution.GetRawText());
}
