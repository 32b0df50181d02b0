using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Usage;

/// <summary><c>/api/v1/usage</c>.</summary>
internal static class UsageEndpoints
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/usage", List)
            .Needs(Permissions.ExecutionsRead)
            .WithTags("usage")
            .WithName("listUsage")
            .WithSummary("Executions, time, and calls by UTC day, the newest first")
            .Asks(("from", "The first day, such as 2026-11-01."), ("to", "The last day, included."))
            .Gives(typeof(Page<UsageDay>));

    private static async Task List(HttpContext context)
    {
        var page = Answers.Page(context, "from", "to");
        var from = Query.Day(context, "from");
        var to = Query.Day(context, "to");
        if ((page.Problem ?? from.Problem ?? to.Problem) is { } problem)
        {
            await Problems.WriteAsync(context, problem);
            return;
        }

        var usage = context.RequestServices.GetRequiredService<IUsage>();
        var filter = new UsageFilter(from.Value, to.Value);
        await Answers.ResultAsync(
            context,
            await usage.ListAsync(context.Principal(), filter, page.Value!, context.RequestAborted),
            UsageJson.Default.PageUsageDay);
    }
}
