using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Sandbox.Tests.Integration.Egress;
using Sandbox.Tests.Integration.Product;

namespace Sandbox.Bench;

/// <summary>HTTP: <c>fetch</c> of 2 KB, beside HttpClient. S7: a thousand executions that wait for a server. All in a network that has loopback alone.</summary>
internal static class HttpCalls
{
    private const int Port = 8000;
    private const int Calls = 2_000;
    private const int Tenants = 20;
    private const int OfTenant = 50;
    private const string Url = "http://bench.example.com:8000";
    private static readonly byte[] s_body = System.Text.Encoding.ASCII.GetBytes(new string('x', 2_048));

    private const string Source = """
        const { n, at } = context.input;
        const times = [];
        const act = async () => { await (await fetch('http://bench.example.com:8000/')).text(); };
        const one = async () => {
          const from = performance.now();
          await act();
          times.push(performance.now() - from);
        };
        for (let i = 0; i < 200; i++) await act();
        await Promise.all(Array.from({ length: at }, async (_, lane) => { for (let i = lane; i < n; i += at) await one(); }));
        return times;
        """;

    public static async Task FetchAsync(Report report, CancellationToken cancellationToken)
    {
        report.Title("HTTP", "fetch of 2 KB from loopback, alone and 32 in flight", "beside HttpClient directly");
        report.Raised("calls_per_minute of the tenant 10,000,000; calls of an execution 100,000");
        using var network = LoopbackNetwork.Create();
        network.Names.Add("bench.example.com", LoopbackNetwork.Public);
        await using var server = await WebServer.StartAsync(network, Port, context => context.Response.Body.WriteAsync(s_body, context.RequestAborted).AsTask());
        await using var product = await RunningProduct.StartAsync(network);
        var tenant = await product.CreateTenantAsync("bench");
        await PatchAsync(product, "bench", new JsonObject { ["calls_per_minute"] = 10_000_000 }, cancellationToken);
        await tenant.CreateScriptAsync("fetch", "embedded", Source, new JsonObject { ["calls"] = 100_000, ["timeout_ms"] = 120_000 });
        using var client = network.Client(new Uri($"http://{LoopbackNetwork.Public}:{Port}"));
        foreach (var at in (int[])[1, 32])
        {
            var through = await ThroughAsync(tenant, at, cancellationToken);
            var directly = await DirectAsync(client, at, cancellationToken);
            through.AddRange((await ThroughAsync(tenant, at, cancellationToken)).Values);
            directly.AddRange((await DirectAsync(client, at, cancellationToken)).Values);
            report.Milliseconds($"fetch, {at} in flight", through);
            report.Milliseconds("  HttpClient directly", directly);
            report.Ratio("  p50, the product to HttpClient", through.Median, directly.Median);
        }
    }

    public static async Task ManyWaitingAsync(Report report, CancellationToken cancellationToken)
    {
        report.Title("S7", "1,000 executions of 20 tenants at once, each awaiting a 2 s HTTP answer", "all complete within 6 s, whole product within 4 GB");
        report.Raised($"tenant and script: concurrency {OfTenant}; Sandbox:Workers:Max={Tenants + 2}; Sandbox:Executions:WaitMax 30 s; each tenant has a worker");
        using var network = LoopbackNetwork.Create();
        network.Names.Add("bench.example.com", LoopbackNetwork.Public);
        await using var server = await WebServer.StartAsync(network, Port, async context =>
        {
            await Task.Delay(TimeSpan.FromSeconds(2), context.RequestAborted);
            await context.Response.Body.WriteAsync(s_body, context.RequestAborted);
        });
        await using var product = await RunningProduct.StartAsync(network, $"--Sandbox:Workers:Max={Tenants + 2}", "--Sandbox:Executions:WaitMax=00:00:30");
        var tenants = new List<RunningProduct.Tenant>();
        for (var i = 0; i < Tenants; i++)
        {
            var tenant = await product.CreateTenantAsync($"bench-{i}", OfTenant);
            await tenant.CreateScriptAsync("wait", "embedded", $"return context.input ? (await sdk.http.get('{Url}/', {{ timeout: 30000 }})).status : 0;", new JsonObject { ["concurrency"] = OfTenant });
            await tenant.InvokeAsync("wait", cancellationToken: cancellationToken);
            tenants.Add(tenant);
        }

        for (var run = 0; run < 2; run++)
        {
            var from = Stopwatch.GetTimestamp();
            var all = Task.WhenAll(tenants.SelectMany(tenant => Enumerable.Range(0, OfTenant).Select(_ => tenant.InvokeAsync("wait", 1, cancellationToken: cancellationToken))));
            var bytes = 0L;
            while (!all.IsCompleted)
            {
                bytes = Math.Max(bytes, product.Processes().Sum(process => Memory.ProportionalBytes(process.Id)));
                await Task.WhenAny(all, Task.Delay(250, cancellationToken));
            }

            var ends = (await all).CountBy(execution => execution.GetProperty("code").GetString() ?? "completed").OrderByDescending(end => end.Value).Select(end => $"{end.Value} {end.Key}");
            report.Row($"run {run + 1}", $"{string.Join(", ", ends)} of {Tenants * OfTenant}   last after {Stopwatch.GetElapsedTime(from).TotalSeconds:F2} s   memory at most {bytes >> 20} MB");
        }
    }

    private static async Task PatchAsync(RunningProduct product, string tenant, JsonObject limits, CancellationToken cancellationToken)
    {
        using var response = await product.SendAsync(HttpMethod.Patch, $"/api/v1/tenants/{tenant}", product.Env["SANDBOX_ADMIN_TOKEN"], null, new JsonObject { ["limits"] = limits }, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    private static async Task<Samples> ThroughAsync(RunningProduct.Tenant tenant, int at, CancellationToken cancellationToken)
    {
        var execution = await tenant.InvokeAsync("fetch", new JsonObject { ["n"] = Calls, ["at"] = at }, cancellationToken: cancellationToken);
        return execution.GetProperty("status").GetString() == "completed"
            ? new Samples(execution.GetProperty("output").EnumerateArray().Select(time => time.GetDouble()))
            : throw new InvalidOperationException(execution.GetRawText());
    }

    private static async Task<Samples> DirectAsync(HttpClient client, int at, CancellationToken cancellationToken)
    {
        var samples = new Samples();
        var gate = new Lock();
        for (var i = 0; i < 200; i++) await client.GetStringAsync("/", cancellationToken);
        await Task.WhenAll(Enumerable.Range(0, at).Select(async lane =>
        {
            for (var i = lane; i < Calls; i += at)
            {
                var from = Stopwatch.GetTimestamp();
                await client.GetStringAsync("/", cancellationToken);
                var time = Stopwatch.GetElapsedTime(from).TotalMilliseconds;
                lock (gate) samples.Add(time);
            }
        }));
        return samples;
    }
}
