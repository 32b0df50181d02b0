using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.People;

/// <summary><c>/api/v1/members</c>: the people of the tenant acted in.</summary>
internal static class MemberEndpoints
{
    private const string ResetsTotp = "members.totp_reset";

    // The link of a new one is none of these.
    private static readonly AuditSubject s_audit = new("member")
    {
        Route = "id",
        NameField = "email",
        Fields = ["email", "name", "role"],
        Read = AuditSubject.By(
            (context, principal) => Members(context).GetAsync(principal, Id(context), context.RequestAborted),
            PeopleJson.Default.Member),
    };

    public static void Map(IEndpointRouteBuilder api)
    {
        var members = api.MapGroup("/members").Needs(Permissions.MembersManage).WithTags("members");
        members.MapGet("", List).WithName("listMembers").WithSummary("People who act in this tenant").Gives(typeof(Page<Member>));
        members.MapPost("", Create)
            .Audited("members.create", s_audit)
            .WithName("createMember")
            .WithSummary("Adds a person; a new one's link to set a password is shown this once and works for 7 days")
            .Takes(typeof(MemberWrite))
            .Gives(typeof(NewMember), 201)
            .WithMetadata(new IdempotencyMiddleware.ShownOnce("link"));
        members.MapPatch("/{id:guid}", Update)
            .Audited("members.update", s_audit)
            .WithName("updateMember")
            .WithSummary("Gives another role")
            .Takes(typeof(MemberChange))
            .Gives(typeof(Member));
        members.MapDelete("/{id:guid}", Remove)
            .Audited("members.remove", s_audit)
            .WithName("removeMember")
            .WithSummary("Ends a membership and its sessions")
            .Gives(status: 204);
        members.MapDelete("/{id:guid}/totp", ResetTotp)
            .Audited(ResetsTotp, s_audit)
            .WithName("resetMemberTotp")
            .WithSummary("Switches a member's two-step sign-in off, for an app that is lost")
            .Gives(status: 204);
    }

    private static async Task ResetTotp(HttpContext context)
    {
        var (principal, id) = (context.Principal(), Id(context));
        var reset = await Members(context).ResetTotpAsync(principal, id, context.RequestAborted);
        if (reset.Problem is null)
            await context.RequestServices.GetRequiredService<SignInTrail>().OthersAsync(context, principal, id, ResetsTotp);
        await Answers.NothingAsync(context, reset);
    }

    private static IMembers Members(HttpContext context) => context.RequestServices.GetRequiredService<IMembers>();

    private static Guid Id(HttpContext context) => Guid.Parse((string)context.Request.RouteValues["id"]!);

    private static async Task List(HttpContext context)
    {
        var page = Answers.Page(context);
        if (page.Problem is { } problem) await Problems.WriteAsync(context, problem);
        else await Answers.ResultAsync(
            context,
            await Members(context).ListAsync(context.Principal(), page.Value!, context.RequestAborted),
            PeopleJson.Default.PageMember);
    }

    private static async Task Create(HttpContext context)
    {
        var body = await Body.ReadJsonAsync(context, PeopleJson.Default.MemberWrite);
        var result = body.Problem is { } problem
            ? problem
            : await Members(context).CreateAsync(context.Principal(), body.Value!, context.RequestAborted);
        if (result.Problem is { } refused)
        {
            await Problems.WriteAsync(context, refused);
            return;
        }

        var made = NewMember.Of(result.Value!, $"{context.Request.Scheme}://{context.Request.Host}");
        await Answers.JsonAsync(context, made, PeopleJson.Default.NewMember, StatusCodes.Status201Created);
    }

    private static async Task Update(HttpContext context)
    {
        var body = await Body.ReadJsonAsync(context, PeopleJson.Default.MemberChange);
        var result = body.Problem is { } problem
            ? problem
            : await Members(context).UpdateAsync(context.Principal(), Id(context), body.Value!, context.RequestAborted);
        await Answers.ResultAsync(context, result, PeopleJson.Default.Member);
    }

    private static async Task Remove(HttpContext context) =>
        await Answers.NothingAsync(context, await Members(context).RemoveAsync(context.Principal(), Id(context), context.RequestAborted));
}
