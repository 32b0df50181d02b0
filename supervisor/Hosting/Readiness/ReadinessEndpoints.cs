using System.Text.Json.Nodes;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Hosting.Readiness;

/// <summary><c>/healthz</c>: the process answers. <c>/readyz</c>: every part can work; 503 where one cannot.</summary>
internal static class ReadinessEndpoints
{
    private static readonly string[] s_reads = ["GET", "HEAD"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/healthz", s_reads, Health).AllowAnyone().WithSummary("Whether the process answers");
        routes.MapMethods("/readyz", s_reads, Ready).AllowAnyone().WithSummary("Whether every part can work, and what this machine could not give");
    }

    private static Task Health(HttpContext context) => WriteAsync(context, StatusCodes.Status200OK, new JsonObject { ["status"] = "ok" });

    private static async Task Ready(HttpContext context)
    {
        var checks = context.RequestServices.GetServices<IReadinessCheck>();
        var parts = new JsonObject();
        var ready = true;
        foreach (var check in checks)
        {
            var readiness = await AskAsync(check, context.RequestAborted);
            ready &= readiness.Ready;
            var part = readiness.Details?.DeepClone().AsObject() ?? [];
            part["ready"] = readiness.Ready;
            part["message"] = readiness.Message;
            parts[check.Name] = part;
        }

        await WriteAsync(
            context,
            ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable,
            new JsonObject { ["status"] = ready ? "ready" : "not ready", ["checks"] = parts });
    }

    private static async ValueTask<ReadinessState> AskAsync(IReadinessCheck check, CancellationToken cancellationToken)
    {
        try
        {
            return await check.CheckAsync(cancellationToken).AsTask().WaitAsync(Patience, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // A part that cannot even say how it is, is not ready; its own log says why.
            return new ReadinessState(false, $"The check itself failed ({e.GetType().Name}).");
        }
    }

    private static Task WriteAsync(HttpContext context, int status, JsonObject body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(body.ToJsonString(), context.RequestAborted);
    }
}
