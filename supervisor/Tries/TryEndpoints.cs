using System.Text;
using Sandbox.Protocol.Api;
using Sandbox.Protocol.Text;
using Sandbox.Supervisor.Executions;
using Sandbox.Supervisor.Listeners;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Tries;

/// <summary><c>POST /scripts/try</c>: runs a source that is not saved and waits; 200 with the execution whatever became of it.</summary>
internal static class TryEndpoints
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/scripts/try", Try)
            .NotAudited("The execution is its record.")
            .Needs(Permissions.ScriptsUpdate)
            .WithTags("run")
            .WithName("tryScript")
            .WithSummary("Runs an unsaved source once and waits for its end; rights beyond the live version's need scripts.publish or dry_run")
            .Takes(typeof(TryWrite))
            .Gives(typeof(Execution));

    private static async Task Try(HttpContext context)
    {
        var read = await ReadAsync(context);
        var result = read.Problem is { } problem ? problem
            : await context.RequestServices.GetRequiredService<ITries>()
                .RunAsync(context.Principal(), read.Value!, TraceParent.Parse(context.Request.Headers.TraceParent), context.RequestAborted);
        if (context.RequestAborted.IsCancellationRequested) return;
        if (result.Value is { } execution) context.Response.Headers[HeaderNames.ExecutionId] = execution.Id.ToString();
        await Answers.ResultAsync(context, result, ExecutionsJson.Default.Execution);
    }

    /// <summary>The input is left as the text it is, with a depth of its own; all else is read as in every write.</summary>
    private static async ValueTask<Result<TryWrite>> ReadAsync(HttpContext context)
    {
        var read = await InputBody.ReadAsync(
            context, InputBody.InputBytesAbsolute, "kind", "source", "trigger", "uses", "limits", "input_schema", "name", "dry_run", "request");
        if (read.Value is not { } body) return read.Problem!;
        if (body.TooDeep) return Problem.Invalid(new FieldError("input", $"is nested deeper than {JsonText.DepthMax} levels"));
        var others = $"{{{string.Join(',', body.Others.Select(field => $"\"{field.Key}\":{field.Value}"))}}}";
        var write = JsonShape.Read(Encoding.UTF8.GetBytes(others), TriesJson.Default.TryWrite);
        return write.Value is { } given ? given with { Input = body.Input } : write;
    }
}
