using System.Text.Json;
using Sandbox.Protocol.Api;
using Sandbox.Protocol.Text;
using Sandbox.Supervisor.Executions;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Hooks;

/// <summary><c>/api/v1/hooks</c>.</summary>
internal static class HooksEndpoints
{
    private const int InputsMax = 100;

    public static void Map(IEndpointRouteBuilder api)
    {
        var hooks = api.MapGroup("/hooks").WithTags("hooks");
        hooks.MapGet("", List).Needs(Permissions.ScriptsRead)
            .WithName("listHooks").WithSummary("Hook points of the host application, by name")
            .Gives(typeof(Page<Hook>));
        hooks.MapGet("/{name}", Get).Needs(Permissions.ScriptsRead)
            .WithName("getHook")
            .WithSummary("One hook point")
            .Gives(typeof(Hook));
        hooks.MapPost("/{name}", Call).NotAudited("The execution is its record.").Needs(Permissions.ScriptsExecute)
            .WithName("callHook")
            .WithSummary("The answer of the tenant's script, or the hook's default; with `inputs` (at most 100) `results` in their order")
            .Takes(typeof(CallFields))
            .Gives(typeof(AnswerFields));
    }

    private static IHooks Hooks(HttpContext context) => context.RequestServices.GetRequiredService<IHooks>();

    private static string Name(HttpContext context) => (string)context.Request.RouteValues["name"]!;

    private static async Task List(HttpContext context)
    {
        var page = Answers.Page(context);
        if (page.Problem is { } problem) await Problems.WriteAsync(context, problem);
        else await Answers.ResultAsync(
            context,
            await Hooks(context).ListAsync(context.Principal(), page.Value!, context.RequestAborted),
            HooksJson.Default.PageHook);
    }

    private static async Task Get(HttpContext context) =>
        await Answers.ResultAsync(
            context,
            await Hooks(context).GetAsync(context.Principal(), Name(context), context.RequestAborted),
            HooksJson.Default.Hook);

    private static async Task Call(HttpContext context)
    {
        // Before the body is read: the deadline counts from here.
        var arrived = context.RequestServices.GetRequiredService<TimeProvider>().GetTimestamp();
        var read = await ReadAsync(context, arrived);
        var called = read.Value is { } call
            ? await Hooks(context).CallAsync(context.Principal(), Name(context), call, context.RequestAborted)
            : read.Problem!;
        if (context.RequestAborted.IsCancellationRequested) return;
        if (called.Problem is { } refused)
        {
            await Problems.WriteAsync(context, refused);
            return;
        }

        var results = called.Value!;
        if (read.Value!.IsList)
        {
            await Answers.JsonAsync(context, new HookAnswers(Name(context), results), HooksJson.Default.HookAnswers);
            return;
        }

        var result = results[0];
        if (result.ExecutionId is { } execution) context.Response.Headers[HeaderNames.ExecutionId] = execution.ToString();
        if (result.Problem is { } failed) await Problems.WriteAsync(context, failed);
        else await Answers.JsonAsync(context, HookAnswer.Of(Name(context), result), HooksJson.Default.HookAnswer);
    }

    private static async ValueTask<Result<HookCall>> ReadAsync(HttpContext context, long arrived)
    {
        var read = await InputBody.ReadAsync(context, InputBody.InputBytesAbsolute, "inputs");
        if (read.Value is not { } body) return read.Problem!;
        var trace = TraceParent.Parse(context.Request.Headers.TraceParent);
        var isList = body.Others.TryGetValue("inputs", out var list);
        if (isList && body.Input is not null) return Wrong("inputs", "cannot stand beside input");
        if (!isList && body.Input is null) return Wrong("input", "is missing; or give inputs, a list of them");
        if (body.TooDeep) return new Problem(422, Codes.InvalidInput, $"The input is nested deeper than {JsonText.DepthMax} levels.");
        if (body.Input is { } input) return new HookCall([input], IsList: false, arrived, trace);

        using var document = JsonDocument.Parse(list!, new JsonDocumentOptions { MaxDepth = JsonText.DepthMax });
        if (document.RootElement.ValueKind != JsonValueKind.Array || document.RootElement.GetArrayLength() is 0 or > InputsMax)
            return Wrong("inputs", $"must be a list of 1 to {InputsMax} inputs");
        var inputs = document.RootElement.EnumerateArray().Select(item => new RawJson(item.GetRawText()));
        return new HookCall([.. inputs], IsList: true, arrived, trace);
    }

    private static Problem Wrong(string field, string message) =>
        new(400, Codes.InvalidArgument, $"{field}: {message}") { Errors = [new FieldError(field, message)] };

    /// <summary>The body's fields, for its description: the inputs are read as the text they are, by hand. One of the two.</summary>
    internal sealed record CallFields(RawJson? Input, IReadOnlyList<RawJson>? Inputs);

    /// <summary>The fields of both answers, for their description.</summary>
    /// <param name="Results">Of a list of inputs, which has this and the name alone.</param>
    internal sealed record AnswerFields(
        string Name, RawJson? Output, HookSource? Source, Guid? ExecutionId, string? Code, IReadOnlyList<HookResult>? Results);

    /// <summary>The answer to a call with a single input.</summary>
    internal sealed record HookAnswer(string Name, RawJson Output, HookSource Source, Guid? ExecutionId, string? Code)
    {
        public static HookAnswer Of(string name, HookResult result) =>
            new(name, result.Output!.Value, result.Source!.Value, result.ExecutionId, result.Code);
    }

    /// <summary>The answer to a call with many.</summary>
    internal sealed record HookAnswers(string Name, IReadOnlyList<HookResult> Results);
}
