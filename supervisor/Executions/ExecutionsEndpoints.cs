using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Executions;

/// <summary><c>/api/v1/executions</c>.</summary>
internal static class ExecutionsEndpoints
{
    /// <summary>An execution has no more.</summary>
    private const int LabelsMax = 10;

    /// <summary>Whoever follows longer asks again, and is asked who it is.</summary>
    private static readonly TimeSpan s_changesLast = TimeSpan.FromMinutes(10);

    private static readonly string[] s_texts = ["script", "code", "text"];

    internal static readonly AuditSubject Audit = new("execution")
    {
        Route = "id",
        NameField = "script_name",
        Fields = ["script_name", "status", "matched", "done"],
        Asked =
        [
            "input", "version", "from_checkpoint", "same_key", "script", "kind", "status", "trigger", "code", "from", "to", "text",
            "duration_ms_min", "duration_ms_max", "label", "rate_per_minute",
        ],
    };

    public static void Map(IEndpointRouteBuilder api)
    {
        var executions = api.MapGroup("/executions").WithTags("executions");
        executions.MapGet("", List).Needs(Permissions.ExecutionsRead).WithName("listExecutions").WithSummary("Executions, newest first")
            .Asks(
                ("script", "Id or name."),
                ("kind", "Kind of its script."),
                ("status", "`pending`, `running`, `completed`, `failed`, `timeout` or `cancelled`."),
                ("trigger", "Type of its trigger."),
                ("code", "Code of its failure."),
                ("from", "Made at or after this time."),
                ("to", "Made before this time."),
                ("duration_ms_min", "Ran at least so long."),
                ("duration_ms_max", "Ran at most so long."),
                ("text", "A part of its log or error."),
                ("label", "`key:value`; given more than once, all must match."))
            .Gives(typeof(Page<Execution>));
        executions.MapGet("/changes", Changes)
            .Needs(Permissions.ExecutionsRead)
            .WithName("followExecutions")
            .WithSummary("text/event-stream: says when executions began or ended on this node")
            .Asks(("script", "Id of a script; else of all."));
        executions.MapGet("/{id:guid}", Get).Needs(Permissions.ExecutionsRead).WithName("getExecution").WithSummary("One execution").Gives(typeof(Execution));
        executions.MapGet("/{id:guid}/logs", LogsEndpoints.Logs).Needs(Permissions.ExecutionsRead).WithName("getLogs").WithSummary("Log lines; text/event-stream follows them").Gives(typeof(Page<LogLine>));
        executions.MapGet("/{id:guid}/calls", Calls)
            .Needs(Permissions.ExecutionsRead)
            .WithName("getCalls")
            .WithSummary("Broker calls, in order")
            .Gives(typeof(Page<CallEntry>));
        executions.MapGet("/{id:guid}/related", Related)
            .Needs(Permissions.ExecutionsRead)
            .WithName("getRelatedExecutions")
            .WithSummary("Other attempts of the same piece of work, and what it started")
            .Gives(typeof(RelatedExecutions));
        executions.MapPost("/{id:guid}/cancel", Cancel)
            .Audited("executions.cancel", Audit)
            .Needs(Permissions.ExecutionsCancel)
            .WithName("cancelExecution")
            .WithSummary("Ends a pending or running execution; of one that failed, the next attempt that waits")
            .Gives(typeof(Execution));
    }

    internal static IExecutions Executions(HttpContext context) => context.RequestServices.GetRequiredService<IExecutions>();

    internal static Guid Id(HttpContext context) => Guid.Parse((string)context.Request.RouteValues["id"]!);

    private static async Task List(HttpContext context)
    {
        var page = Answers.Page(
            context, "script", "kind", "status", "trigger", "code", "from", "to", "duration_ms_min", "duration_ms_max", "text", "label");
        var filter = Filter(context);
        if ((page.Problem ?? filter.Problem) is { } problem) await Problems.WriteAsync(context, problem);
        else await Answers.ResultAsync(
            context,
            await Executions(context).ListAsync(context.Principal(), filter.Value!, page.Value!, context.RequestAborted),
            ExecutionsJson.Default.PageExecution);
    }

    private static Result<ExecutionFilter> Filter(HttpContext context)
    {
        var kind = Query.Enum<ScriptKind>(context, "kind");
        var status = Query.Enum<ExecutionStatus>(context, "status");
        var trigger = Query.Enum<TriggerType>(context, "trigger");
        var from = Query.Time(context, "from");
        var to = Query.Time(context, "to");
        var min = Query.Number(context, "duration_ms_min");
        var max = Query.Number(context, "duration_ms_max");
        var labels = Labels(context.Request.Query["label"]);
        var problem = kind.Problem ?? status.Problem ?? trigger.Problem
            ?? from.Problem ?? to.Problem ?? min.Problem ?? max.Problem ?? labels.Problem;
        if (problem is not null) return problem;
        var texts = s_texts.FirstOrDefault(name => Query.Text(context, name) is { } value && (value.Length > 500 || !Text.IsStorable(value)));
        if (texts is not null) return Problem.Invalid(new FieldError(texts, "must be at most 500 characters without NUL"));
        return new ExecutionFilter
        {
            Script = Query.Text(context, "script"),
            Kind = kind.Value,
            Status = status.Value,
            Trigger = trigger.Value,
            Code = Query.Text(context, "code"),
            From = from.Value,
            To = to.Value,
            DurationMsMin = min.Value,
            DurationMsMax = max.Value,
            Text = Query.Text(context, "text"),
            Labels = labels.Value!,
        };
    }

    /// <param name="asked">Each as <c>key:value</c>; empty ones are left out.</param>
    internal static Result<Label[]> Labels(IReadOnlyList<string?> asked)
    {
        if (asked.Count > LabelsMax) return Problem.Invalid(new FieldError("label", $"may be given at most {LabelsMax} times"));
        var labels = new List<Label>();
        foreach (var text in asked)
        {
            if (string.IsNullOrEmpty(text)) continue;
            var colon = text.IndexOf(':');
            if (colon < 1 || text.Length > 500)
                return Problem.Invalid(new FieldError("label", "must be key:value, at most 500 characters"));
            labels.Add(new Label(text[..colon], text[(colon + 1)..]));
        }

        return labels.ToArray();
    }

    private static async Task Changes(HttpContext context)
    {
        var script = Query.Text(context, "script");
        Guid? scriptId = Guid.TryParse(script, out var id) ? id : null;
        if (!EventStream.IsAskedBy(context))
        {
            await Problems.WriteAsync(context, new Problem(406, Codes.InvalidArgument, "What changes is sent as text/event-stream alone: ask for it by the Accept header."));
            return;
        }

        var changes = script is not null && scriptId is null
            ? Problem.Invalid(new FieldError("script", "must be the id of a script"))
            : await Executions(context).FollowAsync(context.Principal(), scriptId, context.RequestAborted);
        if (changes.Problem is { } problem) await Problems.WriteAsync(context, problem);
        else await EventStream.SendAsync(context, s_changesLast, changes.Value!.Changes, at => $"event: changed\ndata: {{\"at\":\"{at:O}\"}}\n\n");
    }

    private static async Task Calls(HttpContext context)
    {
        var page = Answers.Page(context);
        if (page.Problem is { } problem) await Problems.WriteAsync(context, problem);
        else await Answers.ResultAsync(
            context,
            await Executions(context).CallsAsync(context.Principal(), Id(context), page.Value!, context.RequestAborted),
            ExecutionsJson.Default.PageCallEntry);
    }

    private static async Task Get(HttpContext context) =>
        await Answers.ResultAsync(
            context,
            await Executions(context).GetAsync(context.Principal(), Id(context), context.RequestAborted),
            ExecutionsJson.Default.Execution);

    private static async Task Related(HttpContext context) =>
        await Answers.ResultAsync(
            context,
            await Executions(context).RelatedAsync(context.Principal(), Id(context), context.RequestAborted),
            ExecutionsJson.Default.RelatedExecutions);

    private static async Task Cancel(HttpContext context) =>
        await Answers.ResultAsync(
            context,
            await Executions(context).CancelAsync(context.Principal(), Id(context), context.RequestAborted),
            ExecutionsJson.Default.Execution);
}
