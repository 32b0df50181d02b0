using System.Text.Json;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Listeners;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Executions;

/// <summary>Log lines of an execution: a page of them, or a stream that follows until it ends and resumes by <c>Last-Event-ID</c>.</summary>
internal static class LogsEndpoints
{
    private const int LinesDefault = 200;
    private const int LinesMax = 1_000;

    // Proxies commonly close what is silent for a minute.
    private static readonly TimeSpan s_heartbeat = TimeSpan.FromSeconds(15);

    public static Task Logs(HttpContext context)
    {
        var streams = context.Request.Headers.Accept.ToString().Contains("text/event-stream", StringComparison.OrdinalIgnoreCase);
        var after = streams ? context.Request.Headers["Last-Event-ID"].ToString() : Query.Text(context, "cursor") ?? "";
        var limit = LinesDefault;
        if (after.Length == 0) after = "0";
        if (!int.TryParse(after, out var afterSeq) || afterSeq < 0) return Problems.WriteAsync(context, Problem.Invalid(new FieldError(streams ? "Last-Event-ID" : "cursor", "must be the number of a log line")));
        if (Query.Text(context, "limit") is { } text && (!int.TryParse(text, out limit) || limit is < 1 or > LinesMax))
            return Problems.WriteAsync(context, Problem.Invalid(new FieldError("limit", $"must be a whole number from 1 to {LinesMax}")));
        return streams ? StreamAsync(context, afterSeq) : PageAsync(context, afterSeq, limit);
    }

    private static async Task PageAsync(HttpContext context, int afterSeq, int limit)
    {
        var executions = ExecutionsEndpoints.Executions(context);
        var page = await executions.LogsAsync(context.Principal(), ExecutionsEndpoints.Id(context), afterSeq, limit, context.RequestAborted);
        await Answers.ResultAsync(context, page, ExecutionsJson.Default.PageLogLine);
    }

    private static async Task StreamAsync(HttpContext context, int afterSeq)
    {
        var executions = ExecutionsEndpoints.Executions(context);
        var (principal, id) = (context.Principal(), ExecutionsEndpoints.Id(context));
        var log = await executions.FollowLogsAsync(principal, id, afterSeq, context.RequestAborted);
        if (log.Problem is { } problem)
        {
            await Problems.WriteAsync(context, problem);
            return;
        }

        var drain = context.RequestServices.GetRequiredService<Drain>();
        var time = context.RequestServices.GetRequiredService<TimeProvider>();
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, drain.Stopping);
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        await context.Response.StartAsync(ends.Token);
        try
        {
            await FollowAsync(context.Response, log.Value!.Lines, time, ends.Token);
            if ((await executions.GetAsync(principal, id, ends.Token)).Value is { } final)
                await context.Response.WriteAsync($"event: end\ndata: {{\"status\":{JsonSerializer.Serialize(final.Status, ExecutionsJson.Default.ExecutionStatus)}}}\n\n", ends.Token);
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested)
        {
            // The reader went away, or we stop: it resumes by Last-Event-ID.
        }
    }

    private static async Task FollowAsync(HttpResponse response, IAsyncEnumerable<LogLine> lines, TimeProvider time, CancellationToken cancellationToken)
    {
        await using var line = lines.GetAsyncEnumerator(cancellationToken);
        var next = line.MoveNextAsync().AsTask();
        try
        {
            while (true)
            {
                try
                {
                    if (!await next.WaitAsync(s_heartbeat, time, cancellationToken)) return;
                }
                catch (TimeoutException)
                {
                    await response.WriteAsync(": still here\n\n", cancellationToken);
                    continue;
                }

                await response.WriteAsync($"id: {line.Current.Seq}\nevent: log\ndata: {JsonSerializer.Serialize(line.Current, ExecutionsJson.Default.LogLine)}\n\n", cancellationToken);
                next = line.MoveNextAsync().AsTask();
            }
        }
        finally
        {
            // An iterator must not be disposed while it is being moved on; the token ends the move.
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
