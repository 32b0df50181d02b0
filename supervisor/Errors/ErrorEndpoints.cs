using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Errors;

/// <summary><c>/api/v1/errors</c>.</summary>
internal static class ErrorEndpoints
{
    private const int TextMax = 500;

    private static readonly AuditSubject s_audit = new("error")
    {
        Route = "id",
        NameField = "message",
        Fields = ["state", "resolved_in_version", "ignored_until"],
        Read = AuditSubject.By(
            (context, principal) => Errors(context).GetAsync(principal, Id(context), context.RequestAborted),
            ErrorsJson.Default.ErrorGroup),
    };

    public static void Map(IEndpointRouteBuilder api)
    {
        var errors = api.MapGroup("/errors").WithTags("errors");
        errors.MapGet("", List)
            .Needs(Permissions.ExecutionsRead)
            .WithName("listErrors")
            .WithSummary("Failures grouped by script, code, message without its variables, and function, the last seen first")
            .Asks(
                ("script", "Id or name."),
                ("code", "Code of the failures."),
                ("state", "`open`, `resolved` or `ignored`."),
                ("version", "A version that failed so."),
                ("from", "Last seen at or after this time."),
                ("to", "Last seen before this time."),
                ("q", "Text in the message."))
            .Gives(typeof(Page<ErrorGroup>));
        errors.MapGet("/{id:guid}", Get)
            .Needs(Permissions.ExecutionsRead)
            .WithName("getError")
            .WithSummary("One group of failures, with their number in each of the last 24 hours")
            .Gives(typeof(ErrorGroup));
        errors.MapPost("/{id:guid}/resolve", Resolve)
            .Audited("errors.resolve", s_audit)
            .Needs(Permissions.ScriptsUpdate)
            .WithName("resolveError")
            .WithSummary("Marks it as mended in a version, the live one by default; a later version that fails so opens it again")
            .Takes(typeof(ResolveFields))
            .Gives(typeof(ErrorGroup));
        errors.MapPost("/{id:guid}/ignore", Ignore)
            .Audited("errors.ignore", s_audit)
            .Needs(Permissions.ScriptsUpdate)
            .WithName("ignoreError")
            .WithSummary("Ignores it, for ever or until it is seen after a time")
            .Takes(typeof(IgnoreFields))
            .Gives(typeof(ErrorGroup));
        errors.MapPost("/{id:guid}/reopen", Reopen)
            .Audited("errors.reopen", s_audit)
            .Needs(Permissions.ScriptsUpdate)
            .WithName("reopenError")
            .WithSummary("Opens it again")
            .Gives(typeof(ErrorGroup));
    }

    private static IErrors Errors(HttpContext context) => context.RequestServices.GetRequiredService<IErrors>();

    private static Guid Id(HttpContext context) => Guid.Parse((string)context.Request.RouteValues["id"]!);

    private static async Task List(HttpContext context)
    {
        var page = Answers.Page(context, "script", "code", "state", "version", "from", "to", "q");
        var filter = Filter(context);
        if ((page.Problem ?? filter.Problem) is { } problem)
        {
            await Problems.WriteAsync(context, problem);
            return;
        }

        var listed = await Errors(context).ListAsync(context.Principal(), filter.Value!, page.Value!, context.RequestAborted);
        await Answers.ResultAsync(context, listed, ErrorsJson.Default.PageErrorGroup);
    }

    private static Result<ErrorFilter> Filter(HttpContext context)
    {
        var state = Query.Enum<ErrorState>(context, "state");
        var version = Query.Whole(context, "version");
        var from = Query.Time(context, "from");
        var to = Query.Time(context, "to");
        if ((state.Problem ?? version.Problem ?? from.Problem ?? to.Problem) is { } problem) return problem;
        foreach (var name in (string[])["script", "code", "q"])
        {
            if (Query.Text(context, name) is { } text && (text.Length > TextMax || !Text.IsStorable(text)))
                return Problem.Invalid(new FieldError(name, $"must be at most {TextMax} characters without NUL"));
        }

        return new ErrorFilter
        {
            Script = Query.Text(context, "script"),
            Code = Query.Text(context, "code"),
            State = state.Value,
            Version = version.Value,
            From = from.Value,
            To = to.Value,
            Text = Query.Text(context, "q"),
        };
    }

    private static async Task Get(HttpContext context) =>
        await AnswerAsync(context, await Errors(context).GetAsync(context.Principal(), Id(context), context.RequestAborted));

    private static async Task Resolve(HttpContext context)
    {
        var read = await Body.ReadJsonAsync(context, ErrorsJson.Default.ResolveFields);
        var wrong = read.Value?.Version is < 1 ? Problem.Invalid(new FieldError("version", "must be 1 or more")) : null;
        await AnswerAsync(context, (read.Problem ?? wrong) is { } problem
            ? problem
            : await Errors(context).ResolveAsync(context.Principal(), Id(context), read.Value!.Version, context.RequestAborted));
    }

    private static async Task Ignore(HttpContext context)
    {
        var read = await Body.ReadJsonAsync(context, ErrorsJson.Default.IgnoreFields);
        await AnswerAsync(context, read.Problem is { } problem
            ? problem
            : await Errors(context).IgnoreAsync(context.Principal(), Id(context), read.Value!.Until, context.RequestAborted));
    }

    private static async Task Reopen(HttpContext context) =>
        await AnswerAsync(context, await Errors(context).ReopenAsync(context.Principal(), Id(context), context.RequestAborted));

    private static Task AnswerAsync(HttpContext context, Result<ErrorGroup> result) =>
        Answers.ResultAsync(context, result, ErrorsJson.Default.ErrorGroup);

    internal sealed record ResolveFields
    {
        /// <summary>Null: the live one.</summary>
        public int? Version { get; init; }
    }

    internal sealed record IgnoreFields
    {
        /// <summary>A failure at or after this time opens it again; null: none does.</summary>
        public DateTimeOffset? Until { get; init; }
    }
}
