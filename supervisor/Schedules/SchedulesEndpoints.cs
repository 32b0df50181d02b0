using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Schedules;

/// <summary><c>/api/v1/scripts/{id or name}/occurrences</c> and <c>…/why</c>.</summary>
internal static class SchedulesEndpoints
{
    private static readonly AuditSubject s_audit = new("script") { Route = "script", Asked = ["at", "from", "to", "again"] };

    public static void Map(IEndpointRouteBuilder api)
    {
        var script = api.MapGroup("/scripts/{script}").WithTags("schedules");
        script.MapGet("/occurrences", List)
            .Needs(Permissions.ScriptsRead)
            .WithName("listOccurrences")
            .WithSummary("Due times of a scheduled script and what became of them, newest first")
            .Asks(
                ("status", "`queued`, `ran`, `skipped`, `missed` or `caught_up`."),
                ("from", "Due at or after this time."),
                ("to", "Due before this time."))
            .Gives(typeof(Page<Occurrence>));
        script.MapPost("/occurrences", Run)
            .Audited("occurrences.run", s_audit)
            .Needs(Permissions.ScriptsExecute)
            .WithName("runOccurrences")
            .WithSummary("Runs a past due time, or all of a range, now; each execution is told its own due time")
            .Takes(typeof(RunFields))
            .Gives(typeof(OccurrencesRun), StatusCodes.Status202Accepted);
        script.MapGet("/why", Why)
            .Needs(Permissions.ScriptsRead)
            .WithName("whyOccurrence")
            .WithSummary("Why a scheduled script did or did not run at a time")
            .Asks(("at", "The time."))
            .Gives(typeof(ScheduleAnswer));
    }

    private static ISchedules Schedules(HttpContext context) => context.RequestServices.GetRequiredService<ISchedules>();

    private static string IdOrName(HttpContext context) => (string)context.Request.RouteValues["script"]!;

    private static async Task List(HttpContext context)
    {
        var page = Answers.Page(context, "status", "from", "to");
        var status = Query.Enum<OccurrenceStatus>(context, "status");
        var from = Query.Time(context, "from");
        var to = Query.Time(context, "to");
        if ((page.Problem ?? status.Problem ?? from.Problem ?? to.Problem) is { } problem)
        {
            await Problems.WriteAsync(context, problem);
            return;
        }

        var filter = new OccurrenceFilter(status.Value, from.Value, to.Value);
        await Answers.ResultAsync(
            context,
            await Schedules(context).ListAsync(context.Principal(), IdOrName(context), filter, page.Value!, context.RequestAborted),
            SchedulesJson.Default.PageOccurrence);
    }

    private static async Task Run(HttpContext context)
    {
        var read = await Body.ReadJsonAsync(context, SchedulesJson.Default.RunFields);
        if (read.Problem is { } problem)
        {
            await Problems.WriteAsync(context, problem);
            return;
        }

        var run = new OccurrenceRun(read.Value!.At, read.Value.From, read.Value.To, read.Value.Again ?? false);
        await Answers.ResultAsync(
            context,
            await Schedules(context).RunAsync(context.Principal(), IdOrName(context), run, context.RequestAborted),
            SchedulesJson.Default.OccurrencesRun,
            status: StatusCodes.Status202Accepted);
    }

    private static async Task Why(HttpContext context)
    {
        var at = Query.Time(context, "at");
        var missing = at.Value is null ? Problem.Invalid(new FieldError("at", "is missing; name a time such as 2026-01-31T08:00:00Z")) : null;
        if ((Query.Unknown(context, "at") ?? at.Problem ?? missing) is { } problem)
        {
            await Problems.WriteAsync(context, problem);
            return;
        }

        await Answers.ResultAsync(
            context,
            await Schedules(context).WhyAsync(context.Principal(), IdOrName(context), at.Value!.Value, context.RequestAborted),
            SchedulesJson.Default.ScheduleAnswer);
    }

    /// <summary>The body of a run: <c>at</c>, or <c>from</c> and <c>to</c>.</summary>
    internal sealed record RunFields(DateTimeOffset? At, DateTimeOffset? From, DateTimeOffset? To, bool? Again);
}
