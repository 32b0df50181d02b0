using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Executions;
using Sandbox.Supervisor.Listeners;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.DeadLetters;

/// <summary><c>/api/v1/dead-letters</c>.</summary>
internal static class DeadLetterEndpoints
{
    private static readonly AuditSubject s_audit = new("dead_letter")
    {
        Route = "id",
        NameField = "script_name",
        Fields = ["state", "matched", "done"],
        Asked = ["same_key", "script", "kind", "code", "from", "to", "rate_per_minute"],
        Read = AuditSubject.By(
            (context, principal) => Letters(context).GetAsync(principal, ExecutionsEndpoints.Id(context), context.RequestAborted),
            DeadLettersJson.Default.DeadLetter),
    };

    // It answers with the execution that follows.
    private static readonly AuditSubject s_replay = s_audit with { Becomes = [new("state", "\"replayed\"")] };

    public static void Map(IEndpointRouteBuilder api)
    {
        var letters = api.MapGroup("/dead-letters").WithTags("dead letters");
        letters.MapGet("", List).Needs(Permissions.ExecutionsRead).WithName("listDeadLetters").WithSummary("Durable executions that used up their attempts, newest first")
            .Asks(
                ("script", "Id or name."),
                ("kind", "Kind of its script."),
                ("state", "`open`, `replayed` or `discarded`."),
                ("code", "Code of its last failure."),
                ("from", "Died at or after this time."),
                ("to", "Died before this time."))
            .Gives(typeof(Page<DeadLetter>));
        letters.MapGet("/{id:guid}", Get).Needs(Permissions.ExecutionsRead).WithName("getDeadLetter").WithSummary("One dead letter").Gives(typeof(DeadLetter));
        letters.MapPost("/{id:guid}/replay", Replay).Audited("dead_letters.replay", s_replay).Needs(Permissions.DeadLettersManage)
            .WithName("replayDeadLetter").WithSummary("Runs it again, with all its attempts").Takes(typeof(ReplayFields)).Gives(typeof(Execution), StatusCodes.Status202Accepted);
        letters.MapPost("/replay", ReplayMany).Audited("dead_letters.replay_many", s_audit).Needs(Permissions.DeadLettersManage)
            .WithName("replayDeadLetters").WithSummary("Runs all open ones again that a filter finds").Takes(typeof(ReplayManyFields)).Gives(typeof(BulkResult), StatusCodes.Status202Accepted);
        letters.MapPost("/{id:guid}/discard", Discard).Audited("dead_letters.discard", s_audit).Needs(Permissions.DeadLettersManage)
            .WithName("discardDeadLetter").WithSummary("Marks it as done with").Gives(typeof(DeadLetter));
    }

    private static IDeadLetters Letters(HttpContext context) => context.RequestServices.GetRequiredService<IDeadLetters>();

    private static async Task List(HttpContext context)
    {
        var page = Answers.Page(context, "script", "kind", "state", "code", "from", "to");
        var kind = Query.Enum<ScriptKind>(context, "kind");
        var state = Query.Enum<DeadLetterState>(context, "state");
        var from = Query.Time(context, "from");
        var to = Query.Time(context, "to");
        var filter = new DeadLetterFilter(Query.Text(context, "script"), kind.Value, state.Value, Query.Text(context, "code"), from.Value, to.Value);
        if ((page.Problem ?? kind.Problem ?? state.Problem ?? from.Problem ?? to.Problem ?? Complaint(filter)) is { } problem) await Problems.WriteAsync(context, problem);
        else await Answers.ResultAsync(context, await Letters(context).ListAsync(context.Principal(), filter, page.Value!, context.RequestAborted), DeadLettersJson.Default.PageDeadLetter);
    }

    private static async Task Get(HttpContext context) =>
        await Answers.ResultAsync(context, await Letters(context).GetAsync(context.Principal(), ExecutionsEndpoints.Id(context), context.RequestAborted), DeadLettersJson.Default.DeadLetter);

    private static async Task Replay(HttpContext context)
    {
        var read = await Body.ReadJsonAsync(context, DeadLettersJson.Default.ReplayFields);
        var result = read.Value is { } fields ? await Letters(context).ReplayAsync(context.Principal(), ExecutionsEndpoints.Id(context), fields.SameKey, context.RequestAborted) : read.Problem!;
        if (result.Value is { } execution)
        {
            context.Response.Headers.Location = $"/api/v1/executions/{execution.Id}";
            context.Response.Headers[HeaderNames.ExecutionId] = execution.Id.ToString();
        }

        await Answers.ResultAsync(context, result, ExecutionsJson.Default.Execution, status: StatusCodes.Status202Accepted);
    }

    private static async Task ReplayMany(HttpContext context)
    {
        var read = await Body.ReadJsonAsync(context, DeadLettersJson.Default.ReplayManyFields);
        var filter = read.Value is { } fields ? new DeadLetterFilter(fields.Script, fields.Kind, null, fields.Code, fields.From, fields.To) : null;
        var rate = read.Value?.RatePerMinute is < 1 or > 60_000 ? Problem.Invalid(new FieldError("rate_per_minute", "must be 1 to 60000")) : null;
        if ((read.Problem ?? Complaint(filter!) ?? rate) is { } problem) await Problems.WriteAsync(context, problem);
        else await Answers.ResultAsync(context, await Letters(context).ReplayManyAsync(context.Principal(), filter!, read.Value!.RatePerMinute, context.RequestAborted), DeadLettersJson.Default.BulkResult, status: StatusCodes.Status202Accepted);
    }

    private static async Task Discard(HttpContext context) =>
        await Answers.ResultAsync(context, await Letters(context).DiscardAsync(context.Principal(), ExecutionsEndpoints.Id(context), context.RequestAborted), DeadLettersJson.Default.DeadLetter);

    private static Problem? Complaint(DeadLetterFilter filter) =>
        new[] { ("script", filter.Script), ("code", filter.Code) }.FirstOrDefault(text => text.Item2 is { } value && (value.Length > 500 || !Text.IsStorable(value))) is { Item1: { } name }
            ? Problem.Invalid(new FieldError(name, "must be at most 500 characters without NUL"))
            : null;

    internal sealed record ReplayFields
    {
        /// <summary>It keeps its idempotency key.</summary>
        public bool SameKey { get; init; }
    }

    internal sealed record ReplayManyFields
    {
        public string? Script { get; init; }
        public ScriptKind? Kind { get; init; }
        public string? Code { get; init; }
        public DateTimeOffset? From { get; init; }
        public DateTimeOffset? To { get; init; }

        /// <summary>At most so many begin in a minute.</summary>
        public int? RatePerMinute { get; init; }
    }
}
