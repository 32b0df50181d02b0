using Sandbox.Protocol.Api;
using Sandbox.Protocol.Text;
using Sandbox.Supervisor.Executions;
using Sandbox.Supervisor.Listeners;
using Sandbox.Supervisor.Rest;
using Sandbox.Supervisor.Scripts;

namespace Sandbox.Supervisor.Queue;

/// <summary><c>POST /scripts/{id or name}/executions</c>, replays, and what is done to many executions at once.</summary>
internal static class QueueEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/scripts/{script}/executions", Enqueue)
            .NotAudited("The execution is its record.")
            .Needs(Permissions.ScriptsExecute)
            .WithTags("run")
            .WithName("enqueueExecution").WithSummary("Accepts a durable execution; 202 with its Location").Takes(typeof(EnqueueFields)).Gives(typeof(Execution), StatusCodes.Status202Accepted);
        var executions = api.MapGroup("/executions").WithTags("executions");
        executions.MapPost("/{id:guid}/replay", Replay)
            .Audited("executions.replay", ExecutionsEndpoints.Audit)
            .Needs(Permissions.ExecutionsReplay)
            .WithName("replayExecution").WithSummary("Runs an execution again").Takes(typeof(ReplayFields)).Gives(typeof(Execution), StatusCodes.Status202Accepted);
        executions.MapPost("/replay", ReplayMany)
            .Audited("executions.replay_many", ExecutionsEndpoints.Audit)
            .Needs(Permissions.ExecutionsReplay)
            .WithName("replayExecutions").WithSummary("Runs all executions again that a filter finds").Takes(typeof(BulkFields)).Gives(typeof(BulkResult), StatusCodes.Status202Accepted);
        executions.MapPost("/cancel", CancelMany)
            .Audited("executions.cancel_many", ExecutionsEndpoints.Audit)
            .Needs(Permissions.ExecutionsCancel)
            .WithName("cancelExecutions").WithSummary("Cancels all pending and running executions that a filter finds").Takes(typeof(BulkFields)).Gives(typeof(BulkResult));
    }

    private static IDurableExecutions Durable(HttpContext context) => context.RequestServices.GetRequiredService<IDurableExecutions>();

    private static async Task Enqueue(HttpContext context)
    {
        var script = await context.RequestServices.GetRequiredService<ScriptCache>().GetAsync(context.TenantId(), ScriptEndpoints.IdOrName(context), context.RequestAborted);
        if (script is null)
        {
            await Problems.WriteAsync(context, Problem.NotFound(ScriptEndpoints.Missing(context)));
            return;
        }

        var read = await InputBody.ReadAsync(context, script.Limits.OutputBytes, "run_at");
        var runAt = read.Value?.Time("run_at");
        if ((read.Problem ?? runAt?.Problem ?? TooDeep(read.Value!)) is { } problem)
        {
            await Problems.WriteAsync(context, problem);
            return;
        }

        var request = new EnqueueRequest(read.Value!.Input ?? RawJson.Null, runAt!.Value.Value);
        await AcceptedAsync(context, await Durable(context).EnqueueAsync(context.Principal(), script.Id.ToString(), request, context.RequestAborted));
    }

    private static async Task Replay(HttpContext context)
    {
        var read = await InputBody.ReadAsync(context, InputBody.InputBytesAbsolute, "version", "from_checkpoint", "same_key");
        var version = read.Value?.Text("version");
        var checkpoint = read.Value?.Flag("from_checkpoint");
        var key = read.Value?.Flag("same_key");
        var wrong = version?.Value is null or "live" or "original" ? null : Problem.Invalid(new FieldError("version", "must be live or original"));
        if ((read.Problem ?? version?.Problem ?? checkpoint?.Problem ?? key?.Problem ?? wrong ?? TooDeep(read.Value!)) is { } problem)
        {
            await Problems.WriteAsync(context, problem);
            return;
        }

        var request = new ReplayRequest(read.Value!.Input, version!.Value.Value == "original", checkpoint!.Value.Value, key!.Value.Value);
        await AcceptedAsync(context, await Durable(context).ReplayAsync(context.Principal(), ExecutionsEndpoints.Id(context), request, context.RequestAborted));
    }

    private static Task ReplayMany(HttpContext context) => ManyAsync(context, Durable(context).ReplayManyAsync, StatusCodes.Status202Accepted);

    private static Task CancelMany(HttpContext context) =>
        ManyAsync(context, Durable(context).CancelManyAsync, StatusCodes.Status200OK, takesRate: false);

    private static async Task ManyAsync(HttpContext context, Func<Principal, BulkRequest, CancellationToken, Task<Result<BulkResult>>> act, int status, bool takesRate = true)
    {
        var read = await Body.ReadJsonAsync(context, QueueJson.Default.BulkFields);
        if ((read.Problem ?? read.Value!.Complaint(takesRate)) is { } problem)
        {
            await Problems.WriteAsync(context, problem);
            return;
        }

        await Answers.ResultAsync(context, await act(context.Principal(), new BulkRequest(read.Value!.Filter(), read.Value!.RatePerMinute), context.RequestAborted), QueueJson.Default.BulkResult, status: status);
    }

    private static Problem? TooDeep(InputBody body) =>
        body.TooDeep ? new Problem(422, Codes.InvalidInput, $"The input is nested deeper than {JsonText.DepthMax} levels.") { Errors = [new FieldError("input", "is nested too deep")] } : null;

    private static async Task AcceptedAsync(HttpContext context, Result<Execution> result)
    {
        if (result.Value is { } execution)
        {
            context.Response.Headers.Location = $"/api/v1/executions/{execution.Id}";
            context.Response.Headers[HeaderNames.ExecutionId] = execution.Id.ToString();
        }

        await Answers.ResultAsync(context, result, ExecutionsJson.Default.Execution, status: StatusCodes.Status202Accepted);
    }

    /// <summary>The body's fields, for its description: the input is read as the text it is.</summary>
    internal sealed record EnqueueFields(RawJson? Input, DateTimeOffset? RunAt);

    /// <summary>The body's fields, for its description.</summary>
    internal sealed record ReplayFields(RawJson? Input, string? Version, bool? FromCheckpoint, bool? SameKey);
}
