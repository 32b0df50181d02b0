using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.People;

/// <summary><c>/api/v1/sessions</c> and <c>/api/v1/account</c>: the caller's own, whatever the role.</summary>
internal static class AccountEndpoints
{
    private static readonly AuditSubject s_session = new("session") { Route = "id" };

    // The body has passwords alone, so nothing of it is kept.
    private static readonly AuditSubject s_account = new("account");

    public static void Map(IEndpointRouteBuilder api)
    {
        var sessions = api.MapGroup("/sessions").NeedsSignIn().WithTags("account");
        sessions.MapGet("", List)
            .WithName("listSessions")
            .WithSummary("Browsers that are signed in as the caller")
            .Gives(typeof(Page<OwnSession>));
        sessions.MapDelete("/{id:guid}", End)
            .Audited("sessions.end", s_session)
            .WithName("endSession")
            .WithSummary("Signs one of the caller's browsers out")
            .Gives(status: 204);
        api.MapGet("/account", Get)
            .NeedsSignIn()
            .WithTags("account")
            .WithName("getAccount")
            .WithSummary("The caller's account, and whether its sign-in has two steps")
            .Gives(typeof(Account));
        api.MapPost("/account/password", ChangePassword)
            .NeedsSignIn()
            .Audited("account.password", s_account)
            .WithTags("account")
            .WithName("changePassword")
            .WithSummary("Changes the caller's password and ends all of the caller's other sessions")
            .Takes(typeof(PasswordChange))
            .Gives(status: 204)
            .WithMetadata(new IdempotencyMiddleware.TakesNoKey());
    }

    private static IAccounts Accounts(HttpContext context) => context.RequestServices.GetRequiredService<IAccounts>();

    private static async Task Get(HttpContext context) => await Answers.ResultAsync(
        context,
        await Accounts(context).GetAsync(context.Principal(), context.RequestAborted),
        PeopleJson.Default.Account);

    private static async Task List(HttpContext context)
    {
        var page = Answers.Page(context);
        if (page.Problem is { } problem)
        {
            await Problems.WriteAsync(context, problem);
            return;
        }

        var current = context.Features.Get<SignedInBy>();
        var sessions = await Accounts(context).SessionsAsync(context.Principal(), current, page.Value!, context.RequestAborted);
        await Answers.ResultAsync(context, sessions, PeopleJson.Default.PageOwnSession);
    }

    private static async Task End(HttpContext context)
    {
        var id = Guid.Parse((string)context.Request.RouteValues["id"]!);
        await Answers.NothingAsync(context, await Accounts(context).EndSessionAsync(context.Principal(), id, context.RequestAborted));
    }

    private static async Task ChangePassword(HttpContext context)
    {
        var body = await Body.ReadJsonAsync(context, PeopleJson.Default.PasswordChange);
        var current = context.Features.Get<SignedInBy>();
        var changed = body.Problem is { } problem
            ? problem
            : await Accounts(context).ChangePasswordAsync(context.Principal(), current, body.Value!, context.RequestAborted);
        await Answers.NothingAsync(context, changed);
    }
}
