using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Sandbox.Tests.Integration.Product;

namespace Sandbox.Bench;

/// <summary>S2: the host application's call of an embedded script over the Unix socket.</summary>
internal static class EmbeddedCall
{
    private const int Rounds = 3;
    private const int Calls = 1_500;
    private const int WarmUp = 1_000;
    private const int PeerCalls = 300;

    public static async Task RunAsync(Report report, CancellationToken cancellationToken)
    {
        report.Title("S2", "embedded call over the Unix socket, one caller", "p50 at most 0.5 ms, p99 at most 3 ms");
        report.Raised("tenant: executions per minute 10,000,000");
        var socket = Path.Combine(Path.GetTempPath(), $"sandbox-bench-{Environment.ProcessId}.sock");
        await using var product = await RunningProduct.StartAsync($"--Sandbox:Listen:Socket={socket}");
        var tenant = await product.CreateTenantAsync("bench");
        await tenant.CreateScriptAsync("price", "embedded", "return { price: context.input.quantity * 3 };");

        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancelled) =>
            {
                var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancelled);
                return new NetworkStream(connection, ownsSocket: true);
            },
        };
        using var client = new HttpClient(handler) { BaseAddress = new Uri("http://localhost") };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", product.Env["SANDBOX_ADMIN_TOKEN"]);
        client.DefaultRequestHeaders.Add("X-Tenant", tenant.Slug);
        await using var workerd = await Workerd.StartAsync(cancellationToken);
        using var direct = new HttpClient();

        await CallsAsync(() => InvokeAsync(client, cancellationToken), WarmUp);
        await CallsAsync(() => GetAsync(direct, workerd.Url, cancellationToken), WarmUp);
        Samples ours = new(), theirs = new(), contexts = new();
        for (var round = 0; round < Rounds; round++)
        {
            ours.AddRange(await CallsAsync(() => InvokeAsync(client, cancellationToken), Calls));
            theirs.AddRange(await CallsAsync(() => GetAsync(direct, workerd.Url, cancellationToken), Calls));
            contexts.AddRange(await IsolatedVm.RunAsync("freshContext", PeerCalls, cancellationToken));
        }

        report.Milliseconds("product, invoke over the Unix socket", ours);
        report.Milliseconds("workerd, hello over loopback, same client", theirs);
        report.Milliseconds("isolated-vm, fresh context and one call", contexts);
        report.Ratio("  p50, product to workerd", ours.Median, theirs.Median);
        report.Ratio("  p50, product to isolated-vm", ours.Median, contexts.Median);
    }

    private static async Task<List<double>> CallsAsync(Func<Task> call, int count)
    {
        var milliseconds = new List<double>(count);
        for (var i = 0; i < count; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await call();
            milliseconds.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return milliseconds;
    }

    private static async Task InvokeAsync(HttpClient client, CancellationToken cancellationToken)
    {
        using var body = new StringContent("""{"input":{"quantity":7}}""", Encoding.UTF8, "application/json");
        using var response = await client.PostAsync("/api/v1/scripts/price/invoke", body, cancellationToken);
        var answer = await response.Content.ReadAsStringAsync(cancellationToken);
        if (!response.IsSuccessStatusCode || !answer.Contains("\"completed\"", StringComparison.Ordinal)) throw new InvalidOperationException($"invoke answered {(int)response.StatusCode}: {answer}");
    }

    private static async Task GetAsync(HttpClient client, Uri url, CancellationToken cancellationToken)
    {
        using var response = await client.GetAsync(url, cancellationToken);
        await response.Content.ReadAsByteArrayAsync(cancellationToken);
        response.EnsureSuccessStatusCode();
    }
}
