using Sandbox.Protocol.Api;
using Sandbox.Protocol.Text;
using Sandbox.Supervisor.Listeners;
using Sandbox.Supervisor.Rest;
using Sandbox.Supervisor.Scripts;
using Sandbox.Supervisor.Tenants;

namespace Sandbox.Supervisor.Executions;

/// <summary><c>POST /scripts/{id or name}/invoke</c>: runs and waits; 200 with the execution whatever became of it.</summary>
internal static class InvokeEndpoints
{
    private static readonly RawJson s_trigger = new("{\"type\":\"api\"}");

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/scripts/{script}/invoke", Invoke)
            .NotAudited("The execution is its record.")
            .Needs(Permissions.ScriptsExecute)
            .WithTags("run")
            .WithName("invokeScript").WithSummary("Runs a script of any kind and waits for its end").Takes(typeof(InvokeFields)).Gives(typeof(Execution));

    private static async Task Invoke(HttpContext context)
    {
        var scripts = context.RequestServices.GetRequiredService<ScriptCache>();
        var tenants = context.RequestServices.GetRequiredService<TenantDirectory>();
        var door = context.RequestServices.GetRequiredService<IRunDoor>();
        var tenant = tenants.ById(context.TenantId());
        var script = tenant is null ? null : await scripts.GetAsync(tenant.Id, ScriptEndpoints.IdOrName(context), context.RequestAborted);
        if (tenant is null || script is null)
        {
            await Problems.WriteAsync(context, Problem.NotFound(ScriptEndpoints.Missing(context)));
            return;
        }

        var read = await ReadAsync(context, script);
        if (read.Problem is { } problem)
        {
            await Problems.WriteAsync(context, problem);
            return;
        }

        var body = read.Value!;
        var dryRun = IsDryRun(context) ? new DryRun(body.Stubs) : null;
        var request = new RunRequest
        {
            Tenant = tenant,
            Script = script,
            Input = body.TooDeep ? RawJson.Null : body.Input,
            TimeoutMs = body.TimeoutMs,
            TriggerType = TriggerType.Api,
            Trigger = s_trigger,
            DryRun = dryRun,
            TraceParent = TraceParent.Parse(context.Request.Headers.TraceParent),
            Cause = new Cause(dryRun is null ? "token" : "dry_run", context.Principal().Id.ToString()),
        };
        var result = body.TooDeep
            ? await door.RefuseAsync(request, Codes.InvalidInput, $"The input is nested deeper than {JsonText.DepthMax} levels.", context.RequestAborted)
            : tenant.Suspended
            ? await door.RefuseAsync(request, Codes.NotAllowed, "The tenant is suspended.", context.RequestAborted)
            : ScriptCache.Refusal(script) is { } refusal
            ? await door.RefuseAsync(request, refusal.Code, refusal.Detail, context.RequestAborted)
            : await door.RunAsync(request, context.RequestAborted);
        if (dryRun is not null) await dryRun.DisposeAsync();
        if (context.RequestAborted.IsCancellationRequested) return;
        context.Response.Headers[HeaderNames.ExecutionId] = result.Execution.Id.ToString();
        var execution = dryRun is null ? result.Execution : result.Execution with { DryRun = new RawJson(dryRun.ToJson()) };
        await Answers.JsonAsync(context, execution, ExecutionsJson.Default.Execution);
    }

    private static bool IsDryRun(HttpContext context) => Query.Text(context, "dry_run") == "true";

    private static async ValueTask<Result<InvokeBody>> ReadAsync(HttpContext context, Script script)
    {
        if (Query.Text(context, "dry_run") is not (null or "true" or "false")) return Problem.Invalid(new FieldError("dry_run", "must be true or false"));
        var read = await InputBody.ReadAsync(context, script.Limits.OutputBytes, "timeout_ms", "stubs");
        if (read.Value is not { } body) return read.Problem!;
        var timeout = body.Whole("timeout_ms", 1, 3_600_000, "must be a whole number from 1 to 3600000; the script's own limit holds beside it");
        if (timeout.Problem is { } wrong) return wrong;
        var stubs = body.Others.TryGetValue("stubs", out var text) ? new RawJson(text) : (RawJson?)null;
        return stubs?.Text.StartsWith('{') == false
            ? Problem.Invalid(new FieldError("stubs", "must be an object, for example {\"http\": {\"POST https://api.example.com/*\": {\"status\": 201, \"body\": {}}}}"))
            : new InvokeBody(body.Input ?? RawJson.Null, timeout.Value, body.TooDeep, stubs);
    }

    /// <summary>The body's fields, for its description: the input is read as the text it is, by hand.</summary>
    internal sealed record InvokeFields(RawJson? Input, int? TimeoutMs, RawJson? Stubs);

    /// <param name="TooDeep">Levels beyond what is accepted.</param>
    internal sealed record InvokeBody(RawJson Input, int? TimeoutMs, bool TooDeep, RawJson? Stubs = null);
}
