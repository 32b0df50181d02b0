using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Scripts;

/// <summary><c>/api/v1/scripts/{id or name}/draft</c> and <c>…/publish</c>.</summary>
internal static class DraftEndpoints
{
    private const string NoAudit = "A draft is its author's own and never runs; what becomes of it is audited when it is published.";

    public static void Map(IEndpointRouteBuilder api)
    {
        var script = api.MapGroup("/scripts/{script}").WithTags("scripts");
        script.MapGet("/draft", Get)
            .Needs(Permissions.ScriptsRead)
            .WithName("getDraft")
            .WithSummary("The caller's draft of a script, and who else has one")
            .Asks(("author", "Id of another author, whose draft is read."))
            .Gives(typeof(Draft));
        script.MapGet("/drafts", Others)
            .Needs(Permissions.ScriptsUpdate)
            .WithName("listDrafts")
            .WithSummary("Who else has a draft of a script, and since when; never what it says")
            .Gives(typeof(Page<OtherDraft>));
        script.MapPut("/draft", Put)
            .NotAudited(NoAudit)
            .Needs(Permissions.ScriptsUpdate)
            .WithName("putDraft")
            .WithSummary("Keeps the caller's draft of a script; its source need not compile, its trigger need not be complete")
            .Takes(typeof(DraftWrite))
            .Gives(typeof(Draft));
        script.MapDelete("/draft", Delete)
            .NotAudited(NoAudit)
            .Needs(Permissions.ScriptsUpdate)
            .WithName("deleteDraft")
            .WithSummary("Removes the caller's draft of a script")
            .Gives(status: 204);
        script.MapPost("/publish", Publish)
            .Audited("scripts.publish", ScriptEndpoints.Audit with { Asked = ["message", "author", "base_version"] })
            .Needs(Permissions.ScriptsPublish)
            .WithName("publishDraft")
            .WithSummary("Makes the next version out of a draft; 409 with a diff where another went live meanwhile")
            .Takes(typeof(PublishWrite))
            .Gives(typeof(Script));
    }

    private static IDrafts Drafts(HttpContext context) => context.RequestServices.GetRequiredService<IDrafts>();

    private static async Task Get(HttpContext context)
    {
        var author = Query.Text(context, "author");
        var id = Guid.Empty;
        Result<Draft> result = Query.Unknown(context, "author") is { } unknown ? unknown
            : author is not null && !Guid.TryParseExact(author, "D", out id) ? Problem.Invalid(new FieldError("author", "must be the id of a token or a member"))
            : await Drafts(context).GetAsync(context.Principal(), ScriptEndpoints.IdOrName(context), author is null ? null : id, context.RequestAborted);
        await Answers.ResultAsync(context, result, ScriptsJson.Default.Draft, ETags.Of);
    }

    private static async Task Others(HttpContext context) =>
        await Answers.ResultAsync(
            context,
            await Drafts(context).OthersAsync(context.Principal(), ScriptEndpoints.IdOrName(context), context.RequestAborted),
            ScriptsJson.Default.PageOtherDraft);

    private static async Task Put(HttpContext context)
    {
        var body = await Body.ReadJsonAsync(context, ScriptsJson.Default.DraftWrite);
        var result = body.Problem is { } problem ? problem
            : await Drafts(context).PutAsync(context.Principal(), ScriptEndpoints.IdOrName(context), body.Value!, Answers.IfMatch(context), context.RequestAborted);
        await Answers.ResultAsync(context, result, ScriptsJson.Default.Draft, ETags.Of);
    }

    private static async Task Delete(HttpContext context) =>
        await Answers.NothingAsync(
            context,
            await Drafts(context).DeleteAsync(context.Principal(), ScriptEndpoints.IdOrName(context), Answers.IfMatch(context), context.RequestAborted));

    private static async Task Publish(HttpContext context)
    {
        var body = await Body.ReadJsonAsync(context, ScriptsJson.Default.PublishWrite);
        var result = body.Problem is { } problem ? problem
            : await Drafts(context).PublishAsync(context.Principal(), ScriptEndpoints.IdOrName(context), body.Value!, Answers.IfMatch(context), context.RequestAborted);
        await Answers.ResultAsync(context, result, ScriptsJson.Default.Script, ETags.Of);
    }
}
