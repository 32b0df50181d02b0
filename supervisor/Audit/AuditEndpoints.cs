using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Audit;

/// <summary><c>/api/v1/audit</c>: of the tenant acted in. <c>/api/v1/superadmin-audit</c>: of every tenant and of none.</summary>
internal static class AuditEndpoints
{
    private static readonly string[] s_filters = ["actor", "action", "target", "outcome", "from", "to"];

    public static void Map(IEndpointRouteBuilder api)
    {
        var audit = api.MapGroup("/audit").Needs(Permissions.AuditRead).WithTags("audit");
        Describe(audit.MapGet("", List).WithName("listAudit").WithSummary("Who did what, and what was refused, the newest first"));
        audit.MapGet("/{id:guid}", Get).WithName("getAudit").WithSummary("One entry of the audit").Gives(typeof(AuditEntry));
        var all = api.MapGroup("/superadmin-audit").NeedsSuperadmin().WithTags("audit");
        Describe(all.MapGet("", ListAll)
            .WithName("listSuperadminAudit")
            .WithSummary("The audit of every tenant, and of what belongs to none"));
        all.MapGet("/{id:guid}", GetAny)
            .WithName("getSuperadminAudit")
            .WithSummary("One entry of any tenant's audit")
            .Gives(typeof(AuditEntry));
    }

    private static void Describe(IEndpointConventionBuilder list) =>
        list.Asks(
            ("actor", "Id or name."),
            ("action", "A whole action, or its beginning and a star: `scripts.*`."),
            ("target", "Id or name."),
            ("outcome", "`done`, `refused` or `failed`."),
            ("from", "At or after this time."),
            ("to", "Before this time."))
        .Gives(typeof(Page<AuditEntry>));

    private static IAudit Audit(HttpContext context) => context.RequestServices.GetRequiredService<IAudit>();

    private static Guid Id(HttpContext context) => Guid.Parse((string)context.Request.RouteValues["id"]!);

    private static Task List(HttpContext context) => ListAsync(context, Audit(context).ListAsync);

    private static Task ListAll(HttpContext context) => ListAsync(context, Audit(context).ListAllAsync);

    private static async Task Get(HttpContext context) =>
        await Answers.ResultAsync(
            context,
            await Audit(context).GetAsync(context.Principal(), Id(context), context.RequestAborted),
            AuditJson.Default.AuditEntry);

    private static async Task GetAny(HttpContext context) =>
        await Answers.ResultAsync(
            context,
            await Audit(context).GetAnyAsync(context.Principal(), Id(context), context.RequestAborted),
            AuditJson.Default.AuditEntry);

    private static async Task ListAsync(
        HttpContext context, Func<Principal, AuditFilter, PageRequest, CancellationToken, Task<Result<Page<AuditEntry>>>> list)
    {
        var page = Answers.Page(context, s_filters);
        var filter = Filter(context);
        if ((page.Problem ?? filter.Problem) is { } problem)
        {
            await Problems.WriteAsync(context, problem);
            return;
        }

        var listed = await list(context.Principal(), filter.Value!, page.Value!, context.RequestAborted);
        await Answers.ResultAsync(context, listed, AuditJson.Default.PageAuditEntry);
    }

    private static Result<AuditFilter> Filter(HttpContext context)
    {
        var outcome = Query.Enum<AuditOutcome>(context, "outcome");
        var from = Query.Time(context, "from");
        var to = Query.Time(context, "to");
        if ((outcome.Problem ?? from.Problem ?? to.Problem) is { } problem) return problem;
        return new AuditFilter(
            Query.Text(context, "actor"),
            Query.Text(context, "action"),
            Query.Text(context, "target"),
            outcome.Value,
            from.Value,
            to.Value);
    }
}
