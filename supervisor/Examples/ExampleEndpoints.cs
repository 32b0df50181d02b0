using System.Text;
using Sandbox.Protocol.Api;
using Sandbox.Protocol.Text;
using Sandbox.Supervisor.Executions;
using Sandbox.Supervisor.Listeners;
using Sandbox.Supervisor.Rest;
using Sandbox.Supervisor.Scripts;

namespace Sandbox.Supervisor.Examples;

/// <summary><c>/api/v1/scripts/{id or name}/examples</c>.</summary>
internal static class ExampleEndpoints
{
    /// <summary>Payloads may be of people, and are large: the audit keeps what was expected of them, not what they are.</summary>
    private static readonly AuditSubject s_audit = new("example")
    {
        Route = "example",
        Fields = ["script_id", "name", "status", "code"],
        Read = AuditSubject.By(
            (context, principal) => Examples(context)
                .GetAsync(principal, ScriptEndpoints.IdOrName(context), Name(context), context.RequestAborted),
            ExamplesJson.Default.Example),
    };

    public static void Map(IEndpointRouteBuilder api)
    {
        var examples = api.MapGroup("/scripts/{script}/examples").WithTags("scripts");
        examples.MapGet("", List)
            .Needs(Permissions.ScriptsRead)
            .WithName("listExamples")
            .WithSummary("Payloads of a script that are kept, with the result expected of each")
            .Gives(typeof(ExampleList));
        examples.MapPut("/{example}", Put)
            .Audited("examples.put", s_audit)
            .Needs(Permissions.ScriptsUpdate)
            .WithName("putExample")
            .WithSummary("Makes an example (201) or replaces all of it (200); 409 QUOTA_EXCEEDED where the script has as many as it may")
            .Takes(typeof(ExampleWrite))
            .Gives(typeof(Example))
            .Gives(typeof(Example), StatusCodes.Status201Created);
        examples.MapDelete("/{example}", Delete)
            .Audited("examples.delete", s_audit)
            .Needs(Permissions.ScriptsUpdate)
            .WithName("deleteExample")
            .WithSummary("Removes an example")
            .Gives(status: 204);
        examples.MapPost("/run", Run)
            .NotAudited("Its executions are its record.")
            .Needs(Permissions.ScriptsUpdate)
            .WithName("runExamples")
            .WithSummary(
                "Runs every example as a dry run, for a minute at most, and says whose result is another; "
                + "without a source the caller's draft or the live version")
            .Takes(typeof(ExampleRun))
            .Gives(typeof(ExampleChecks));
    }

    private static IExamples Examples(HttpContext context) => context.RequestServices.GetRequiredService<IExamples>();

    private static string Name(HttpContext context) => (string)context.Request.RouteValues["example"]!;

    private static async Task List(HttpContext context)
    {
        var result = Query.Unknown(context) is { } unknown ? unknown
            : await Examples(context).ListAsync(context.Principal(), ScriptEndpoints.IdOrName(context), context.RequestAborted);
        await Answers.ResultAsync(context, result, ExamplesJson.Default.ExampleList);
    }

    private static async Task Put(HttpContext context)
    {
        var body = await ReadAsync(context);
        var result = body.Problem is { } problem ? problem
            : await Examples(context)
                .PutAsync(context.Principal(), ScriptEndpoints.IdOrName(context), Name(context), body.Value!, context.RequestAborted);
        if (result.Value is not { } written) await Problems.WriteAsync(context, result.Problem!);
        else await Answers.JsonAsync(
            context, written.Example, ExamplesJson.Default.Example, written.IsNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private static async Task Delete(HttpContext context) =>
        await Answers.NothingAsync(
            context,
            await Examples(context)
                .DeleteAsync(context.Principal(), ScriptEndpoints.IdOrName(context), Name(context), context.RequestAborted));

    private static async Task Run(HttpContext context)
    {
        var body = await Body.ReadJsonAsync(context, ExamplesJson.Default.ExampleRun);
        var result = body.Problem is { } problem ? problem
            : await Examples(context).RunAsync(
                context.Principal(),
                ScriptEndpoints.IdOrName(context),
                body.Value!,
                TraceParent.Parse(context.Request.Headers.TraceParent),
                context.RequestAborted);
        if (context.RequestAborted.IsCancellationRequested) return;
        await Answers.ResultAsync(context, result, ExamplesJson.Default.ExampleChecks);
    }

    /// <summary>Input and output are left as the text they are, with a depth of their own; all else is read as in every write.</summary>
    private static async ValueTask<Result<ExampleWrite>> ReadAsync(HttpContext context)
    {
        var read = await InputBody.ReadAsync(context, InputBody.InputBytesAbsolute, "request", "status", "code", "output");
        if (read.Value is not { } body) return read.Problem!;
        if (body.TooDeep) return Problem.Invalid(new FieldError("input", $"is nested deeper than {JsonText.DepthMax} levels"));
        var others = body.Others.Where(field => field.Key != "output").Select(field => $"\"{field.Key}\":{field.Value}");
        var write = JsonShape.Read(Encoding.UTF8.GetBytes($"{{{string.Join(',', others)}}}"), ExamplesJson.Default.ExampleWrite);
        if (write.Value is not { } given) return write;
        var output = body.Others.TryGetValue("output", out var text) && text != "null" ? new RawJson(text) : (RawJson?)null;
        return given with { Input = body.Input, Output = output };
    }
}
