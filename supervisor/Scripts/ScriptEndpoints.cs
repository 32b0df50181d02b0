using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Scripts;

/// <summary><c>/api/v1/scripts</c>.</summary>
internal static class ScriptEndpoints
{
    /// <summary>What the audit keeps of a script.</summary>
    public static readonly AuditSubject Audit = new("script")
    {
        Route = "script",
        Fields =
        [
            "name", "title", "description", "kind", "source", "enabled", "disabled_reason", "paused", "paused_reason", "api_version",
            "tags", "input_schema", "uses", "record", "trigger", "retry", "limits", "version",
        ],
        Read = AuditSubject.By(
            (context, principal) => Scripts(context).GetAsync(principal, IdOrName(context), context.RequestAborted),
            ScriptsJson.Default.Script),
    };

    public static void Map(IEndpointRouteBuilder api)
    {
        var scripts = api.MapGroup("/scripts").WithTags("scripts");
        scripts.MapGet("", List)
            .Needs(Permissions.ScriptsRead)
            .WithName("listScripts")
            .WithSummary("Scripts of the tenant")
            .Asks(("kind", "`scheduled`, `http`, `event`, `oneoff` or `embedded`."), ("q", "Text in the name, the title or the description, in any case."),
                ("state", "`live`, `paused` or `disabled`."), ("tag", "A tag that it has."))
            .Gives(typeof(Page<Script>));
        scripts.MapPost("", Create)
            .Audited("scripts.create", Audit)
            .Needs(Permissions.ScriptsCreate)
            .WithName("createScript")
            .WithSummary("Makes a script; its version 1 is live at once. With uses it needs scripts.publish too")
            .Takes(typeof(ScriptWrite))
            .Gives(typeof(Script), 201);
        scripts.MapPost("/validate", Validate)
            .NotAudited("It changes nothing.")
            .Needs(Permissions.ScriptsRead)
            .WithName("validateScript")
            .WithSummary("What is wrong with a source or trigger; nothing is saved")
            .Takes(typeof(ValidateBody))
            .Gives(typeof(ValidateResult));
        scripts.MapGet("/{script}", Get).Needs(Permissions.ScriptsRead).WithName("getScript").WithSummary("One script, by id or name").Gives(typeof(Script));
        scripts.MapPatch("/{script}", Update)
            .Audited("scripts.update", Audit, ofNewVersion: "scripts.publish")
            .Needs(Permissions.ScriptsUpdate)
            .WithName("updateScript")
            .WithSummary("Changes a script; a new source is a new version, live at once, and needs scripts.publish too")
            .Takes(typeof(ScriptWrite))
            .Gives(typeof(Script));
        scripts.MapDelete("/{script}", Delete)
            .Audited("scripts.delete", Audit)
            .Needs(Permissions.ScriptsDelete)
            .WithName("deleteScript")
            .WithSummary("Removes a script; its history and versions stay")
            .Gives(status: 204);
        scripts.MapGet("/{script}/versions", Versions).Needs(Permissions.ScriptsRead).WithName("listVersions").WithSummary("Versions of a script").Gives(typeof(Page<ScriptVersion>));
        scripts.MapGet("/{script}/versions/{version:int}", Version).Needs(Permissions.ScriptsRead).WithName("getVersion").WithSummary("One version").Gives(typeof(ScriptVersion));
        scripts.MapGet("/{script}/versions/{version:int}/diff", Diff).Needs(Permissions.ScriptsRead).WithName("diffVersions").WithSummary("How a version differs from another: source and rights").Asks(("from", "Number of the version to compare with; default: the one before.")).Gives(typeof(VersionDiff));
        scripts.MapPost("/{script}/rollback", Rollback)
            .Audited("scripts.rollback", Audit)
            .Needs(Permissions.ScriptsUpdate)
            .WithName("rollbackScript")
            .WithSummary("Makes a new version out of an old one; needs scripts.publish too")
            .Takes(typeof(RollbackBody))
            .Gives(typeof(Script));
        scripts.MapPost("/{script}/enable", Enable)
            .Audited("scripts.enable", Audit)
            .Needs(Permissions.ScriptsUpdate)
            .WithName("enableScript")
            .WithSummary("Takes work again")
            .Gives(typeof(Script));
        scripts.MapPost("/{script}/disable", Disable)
            .Audited("scripts.disable", Audit)
            .Needs(Permissions.ScriptsUpdate)
            .WithName("disableScript")
            .WithSummary("Refuses work, and records why")
            .Takes(typeof(DisableBody))
            .Gives(typeof(Script));
        scripts.MapPost("/{script}/pause", context => Pause(context, true))
            .Audited("scripts.pause", Audit)
            .Needs(Permissions.ScriptsUpdate)
            .WithName("pauseScript")
            .WithSummary("Holds work")
            .Gives(typeof(Script));
        scripts.MapPost("/{script}/resume", context => Pause(context, false))
            .Audited("scripts.resume", Audit)
            .Needs(Permissions.ScriptsUpdate)
            .WithName("resumeScript")
            .WithSummary("Lets held work go on")
            .Gives(typeof(Script));
    }

    public static string IdOrName(HttpContext context) => (string)context.Request.RouteValues["script"]!;

    public static string Missing(HttpContext context) => $"There is no script '{IdOrName(context)}' in this tenant.";

    private static IScripts Scripts(HttpContext context) => context.RequestServices.GetRequiredService<IScripts>();

    private static async Task List(HttpContext context)
    {
        var page = Answers.Page(context, "kind", "q", "state", "tag");
        var kind = Query.Enum<ScriptKind>(context, "kind");
        var state = Query.Enum<ScriptState>(context, "state");
        if ((page.Problem ?? kind.Problem ?? state.Problem) is { } problem) await Problems.WriteAsync(context, problem);
        else await Answers.ResultAsync(
            context,
            await Scripts(context).ListAsync(
                context.Principal(),
                new ScriptFilter(kind.Value, Query.Text(context, "q"), state.Value, Query.Text(context, "tag")),
                page.Value!,
                context.RequestAborted),
            ScriptsJson.Default.PageScript);
    }

    private static async Task Create(HttpContext context)
    {
        var body = await Body.ReadJsonAsync(context, ScriptsJson.Default.ScriptWrite);
        var result = body.Problem is { } problem ? problem : await Scripts(context).CreateAsync(context.Principal(), body.Value!, context.RequestAborted);
        if (result.Value is { } script) context.Response.Headers.Location = $"/api/v1/scripts/{script.Id}";
        await Answers.ResultAsync(context, result, ScriptsJson.Default.Script, ETags.Of, StatusCodes.Status201Created);
    }

    private static async Task Validate(HttpContext context)
    {
        var read = await Body.ReadJsonAsync(context, ScriptsJson.Default.ValidateBody);
        Result<ValidateResult> result = read.Problem is { } problem ? problem
            : read.Value is not { Kind: { } kind } body ? Problem.Invalid(new FieldError("kind", "is missing; one of scheduled, http, event, oneoff, embedded"))
            : await Scripts(context).ValidateAsync(context.Principal(), new ValidateRequest(kind, body.Source, body.Trigger, body.From, body.Uses), context.RequestAborted);
        await Answers.ResultAsync(context, result, ScriptsJson.Default.ValidateResult);
    }

    private static async Task Get(HttpContext context) =>
        await Answers.ResultAsync(
            context,
            await Scripts(context).GetAsync(context.Principal(), IdOrName(context), context.RequestAborted),
            ScriptsJson.Default.Script,
            ETags.Of);

    private static async Task Update(HttpContext context)
    {
        var body = await Body.ReadJsonAsync(context, ScriptsJson.Default.ScriptWrite);
        var result = body.Problem is { } problem ? problem : await Scripts(context).UpdateAsync(context.Principal(), IdOrName(context), body.Value!, Answers.IfMatch(context), context.RequestAborted);
        await Answers.ResultAsync(context, result, ScriptsJson.Default.Script, ETags.Of);
    }

    private static async Task Delete(HttpContext context) =>
        await Answers.NothingAsync(context, await Scripts(context).DeleteAsync(context.Principal(), IdOrName(context), Answers.IfMatch(context), context.RequestAborted));

    private static async Task Versions(HttpContext context)
    {
        var page = Answers.Page(context);
        if (page.Problem is { } problem) await Problems.WriteAsync(context, problem);
        else await Answers.ResultAsync(
            context,
            await Scripts(context).VersionsAsync(context.Principal(), IdOrName(context), page.Value!, context.RequestAborted),
            ScriptsJson.Default.PageScriptVersion);
    }

    private static async Task Version(HttpContext context)
    {
        var version = int.Parse((string)context.Request.RouteValues["version"]!);
        var found = await Scripts(context).VersionAsync(context.Principal(), IdOrName(context), version, context.RequestAborted);
        await Answers.ResultAsync(context, found, ScriptsJson.Default.ScriptVersion);
    }

    private static async Task Diff(HttpContext context)
    {
        var version = int.Parse((string)context.Request.RouteValues["version"]!);
        var from = Query.Whole(context, "from");
        Result<VersionDiff> result = (Query.Unknown(context, "from") ?? from.Problem) is { } problem ? problem
            : await Scripts(context).DiffAsync(context.Principal(), IdOrName(context), from.Value ?? version - 1, version, context.RequestAborted);
        await Answers.ResultAsync(context, result, ScriptsJson.Default.VersionDiff);
    }

    private static async Task Rollback(HttpContext context)
    {
        var body = await Body.ReadJsonAsync(context, ScriptsJson.Default.RollbackBody);
        Result<Script> result = body.Problem is { } problem ? problem
            : body.Value!.Version is not { } version ? Problem.Invalid(new FieldError("version", "is missing"))
            : await Scripts(context).RollbackAsync(context.Principal(), IdOrName(context), version, Answers.IfMatch(context), context.RequestAborted);
        await Answers.ResultAsync(context, result, ScriptsJson.Default.Script, ETags.Of);
    }

    private static async Task Enable(HttpContext context) =>
        await Answers.ResultAsync(
            context,
            await Scripts(context).SetEnabledAsync(context.Principal(), IdOrName(context), true, null, Answers.IfMatch(context), context.RequestAborted),
            ScriptsJson.Default.Script,
            ETags.Of);

    private static async Task Disable(HttpContext context)
    {
        var body = await Body.ReadJsonAsync(context, ScriptsJson.Default.DisableBody);
        var result = body.Problem is { } problem ? problem : await Scripts(context).SetEnabledAsync(context.Principal(), IdOrName(context), false, body.Value!.Reason, Answers.IfMatch(context), context.RequestAborted);
        await Answers.ResultAsync(context, result, ScriptsJson.Default.Script, ETags.Of);
    }

    private static async Task Pause(HttpContext context, bool paused) =>
        await Answers.ResultAsync(
            context,
            await Scripts(context).SetPausedAsync(context.Principal(), IdOrName(context), paused, Answers.IfMatch(context), context.RequestAborted),
            ScriptsJson.Default.Script,
            ETags.Of);
}
