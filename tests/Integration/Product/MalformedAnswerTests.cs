using System.Net;
using System.Text.Json.Nodes;
using Sandbox.Tests.Integration.Workers;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Product;

/// <summary>The product over workers that answer what no worker of ours answers.</summary>
public sealed class MalformedAnswerTests
{
    [Fact(Timeout = 240_000)]
    public async Task An_execution_whose_worker_answers_nonsense_is_on_record_and_the_next_is_served()
    {
        var directory = Directory.CreateTempSubdirectory("sandbox-answers-").FullName;
        await HostilePool.CopyFakeWorkerAsync(Path.Combine(directory, "worker"), "as-asked");
        try
        {
            await using var product = await RunningProduct.StartAsync($"--Sandbox:Workers:WorkerDirectory={Path.Combine(directory, "worker")}");
            var tenant = await product.CreateTenantAsync("answers");
            await tenant.CreateScriptAsync("asked", "embedded", "return 1;");
            foreach (var answer in (string[])["null-message", "null-answer", "unknown-outcome", "huge-stack"])
            {
                var execution = await tenant.InvokeAsync("asked", answer);
                execution.GetProperty("code").GetString().ShouldBe("WORKER_LOST", execution.ToString());
                var stored = await tenant.GetAsync($"/executions/{execution.GetProperty("id").GetString()}");
                stored.GetProperty("status").GetString().ShouldBe("failed", answer);
                var next = await tenant.InvokeAsync("asked", "polite");
                next.GetProperty("status").GetString().ShouldBe("completed", next.ToString());
            }

            using var refused = await tenant.SendAsync(HttpMethod.Post, "/scripts", new JsonObject { ["name"] = "unproven", ["kind"] = "embedded", ["source"] = "null-errors" });
            refused.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
            await tenant.CreateScriptAsync("proven", "embedded", "return 2;");
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
