using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Tests.Integration.Product;

namespace Sandbox.Bench;

/// <summary>S5: from the end of the deadline to the final record, and to the tenant's next execution served.</summary>
internal static class Overruns
{
    private const int Rounds = 5;
    private const int DeadlineMs = 1_000;

    /// <param name="Peer">The same in isolated-vm; null where it has no defence, and would never end.</param>
    private sealed record Attack(string Name, string Source, string Status, string? Peer);

    private static readonly Attack[] s_attacks =
    [
        new("endless loop", "for (;;) {}", "timeout", "loop"),
        new("microtask loop", "await (async () => { for (;;) await 0; })();", "timeout", null),
        new("catastrophic regex", "return /^(a+)+$/.test('a'.repeat(40) + 'b');", "timeout", "regex"),
        new("long native call (hard kill)", "return [].indexOf.call({ length: 2 ** 53 - 1 }, 1);", "timeout", null),
        new("memory hog", "const a = []; for (;;) a.push(new Array(1000).fill(1.1));", "failed", "memory"),
    ];

    public static async Task RunAsync(Report report, CancellationToken cancellationToken)
    {
        report.Title("S5", "overruns: deadline to final record; to the tenant's next execution", "p99 100 ms soft, 400 ms hard; next execution 50 ms");
        report.Note($"timeout_ms {DeadlineMs}; the memory hog has no deadline to count from: its figure is from its start");

        await using var product = await RunningProduct.StartAsync();
        var tenant = await product.CreateTenantAsync("bench");
        await tenant.CreateScriptAsync("hello", "embedded", "return { hello: 'world' };");
        foreach (var (attack, index) in s_attacks.Select((attack, index) => (attack, index)))
        {
            await tenant.CreateScriptAsync($"attack-{index}", "embedded", attack.Source, limits: new JsonObject { ["timeout_ms"] = attack.Status == "timeout" ? DeadlineMs : 30_000 });
        }

        foreach (var (attack, index) in s_attacks.Select((attack, index) => (attack, index)))
        {
            Samples recorded = new(), next = new(), peer = new();
            for (var round = 0; round < Rounds; round++)
            {
                await HelloAsync(tenant, cancellationToken);
                var execution = await AttackAsync(tenant, index, attack, cancellationToken);
                var duration = execution.GetProperty("duration_ms").GetDouble();
                recorded.Add(attack.Status == "timeout" ? duration - DeadlineMs : duration);
                next.Add(await HelloAsync(tenant, cancellationToken));
                if (attack.Peer is { } job) peer.AddRange(await IsolatedVm.RunAsync(job, 1, cancellationToken));
            }

            report.Milliseconds($"product, {attack.Name}: to the record", recorded);
            report.Milliseconds($"product, {attack.Name}: next execution", next);
            if (attack.Peer is not null) report.Milliseconds($"isolated-vm, {attack.Name}", peer);
        }
    }

    private static async Task<JsonElement> AttackAsync(RunningProduct.Tenant tenant, int index, Attack attack, CancellationToken cancellationToken)
    {
        var execution = await tenant.InvokeAsync($"attack-{index}", cancellationToken: cancellationToken);
        var status = execution.GetProperty("status").GetString();
        return status == attack.Status
            ? execution
            : throw new InvalidOperationException($"{attack.Name} ended as {status} where {attack.Status} was expected: {execution}");
    }

    private static async Task<double> HelloAsync(RunningProduct.Tenant tenant, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        using var response = await tenant.SendAsync(HttpMethod.Post, "/scripts/hello/invoke", new JsonObject { ["input"] = null }, cancellationToken);
        await RunningProduct.ExpectAsync(response, HttpStatusCode.OK);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
