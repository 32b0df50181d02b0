using System.Text.Json;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Executions;

/// <summary>Log lines of an execution: a page of them, or a stream that follows until it ends and resumes by <c>Last-Event-ID</c>.</summary>
internal static class LogsEndpoints
{
    private const int LinesDefault = 200;
    private const int LinesMax = 1_000;

    public static Task Logs(HttpContext context)
    {
        var streams = EventStream.IsAskedBy(context);
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

        await EventStream.SendAsync(
            context,
            null,
            log.Value!.Lines,
            line => $"id: {line.Seq}\nevent: log\ndata: {JsonSerializer.Serialize(line, ExecutionsJson.Default.LogLine)}\n\n",
            async ends => (await executions.GetAsync(principal, id, ends)).Value is { } final
                ? $"event: end\ndata: {{\"status\":{JsonSerializer.Serialize(final.Status, ExecutionsJson.Default.ExecutionStatus)}}}\n\n"
                : null);
    }
}
