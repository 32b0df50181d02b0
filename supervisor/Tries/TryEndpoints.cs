using System.Text;
using System.Text.Json;
using Sandbox.Protocol.Api;
using Sandbox.Protocol.Text;
using Sandbox.Supervisor.Executions;
using Sandbox.Supervisor.Listeners;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Tries;

/// <summary>
/// <c>POST /scripts/try</c>: runs a source that is not saved and waits; 200 with the execution whatever became of it. The head of the
/// answer comes as it begins, with the execution's id: by that it can be followed and cancelled meanwhile.
/// </summary>
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
                .BeginAsync(context.Principal(), read.Value!, TraceParent.Parse(context.Request.Headers.TraceParent), context.RequestAborted);
        if (result.Value is not { } begun)
        {
            if (!context.RequestAborted.IsCancellationRequested) await Problems.WriteAsync(context, result.Problem!);
            return;
        }

        var response = context.Response;
        response.ContentType = "application/json";
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        response.Headers[HeaderNames.ExecutionId] = begun.ExecutionId.ToString();
        // Not cut off with the caller: the execution's end is waited for in any case.
        await response.Body.FlushAsync(CancellationToken.None);
        var execution = await begun.End;
        if (context.RequestAborted.IsCancellationRequested) return;
        await JsonSerializer.SerializeAsync(response.Body, execution, ExecutionsJson.Default.Execution, context.RequestAborted);
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
