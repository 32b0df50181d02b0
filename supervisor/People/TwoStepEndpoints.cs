using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.People;

/// <summary><c>/api/v1/account/totp</c>: the caller's own two-step sign-in.</summary>
internal static class TwoStepEndpoints
{
    private const string On = "account.totp_on";
    private const string Off = "account.totp_off";

    // Bodies and answers are passwords, codes and secrets, so nothing of them is kept.
    private static readonly AuditSubject s_account = new("account");

    public static void Map(IEndpointRouteBuilder api)
    {
        var totp = api.MapGroup("/account/totp")
            .NeedsSignIn()
            .WithTags("account")
            .WithMetadata(new IdempotencyMiddleware.TakesNoKey());
        totp.MapPost("", Begin)
            .Audited("account.totp_begin", s_account)
            .WithName("beginTotp")
            .WithSummary("Makes the secret of an authenticator app; the sign-in asks for codes once one is confirmed")
            .Takes(typeof(TotpBegin))
            .Gives(typeof(TotpBegun));
        totp.MapPost("/confirm", Confirm)
            .Audited(On, s_account)
            .WithName("confirmTotp")
            .WithSummary("Switches the two-step sign-in on; the recovery codes are shown this once")
            .Takes(typeof(TotpConfirm))
            .Gives(typeof(RecoveryCodes));
        totp.MapDelete("", End)
            .Audited(Off, s_account)
            .WithName("endTotp")
            .WithSummary("Switches the two-step sign-in off")
            .Takes(typeof(TotpEnd))
            .Gives(status: 204);
        totp.MapPost("/recovery-codes", Renew)
            .Audited("account.recovery_codes", s_account)
            .WithName("renewRecoveryCodes")
            .WithSummary("Makes new recovery codes, shown this once; the former ones end")
            .Takes(typeof(RecoveryRenewal))
            .Gives(typeof(RecoveryCodes));
    }

    private static ITwoStep TwoStep(HttpContext context) => context.RequestServices.GetRequiredService<ITwoStep>();

    private static Task TellOthersAsync(HttpContext context, string action)
    {
        var principal = context.Principal();
        return context.RequestServices.GetRequiredService<SignInTrail>().OthersAsync(context, principal, principal.Id, action);
    }

    private static async Task Begin(HttpContext context)
    {
        var body = await Body.ReadJsonAsync(context, PeopleJson.Default.TotpBegin);
        var begun = body.Problem is { } problem
            ? problem
            : await TwoStep(context).BeginAsync(context.Principal(), body.Value!, context.RequestAborted);
        await Answers.ResultAsync(context, begun, PeopleJson.Default.TotpBegun);
    }

    private static async Task Confirm(HttpContext context)
    {
        var body = await Body.ReadJsonAsync(context, PeopleJson.Default.TotpConfirm);
        var confirmed = body.Problem is { } problem
            ? problem
            : await TwoStep(context).ConfirmAsync(context.Principal(), body.Value!, context.RequestAborted);
        if (confirmed.Problem is null) await TellOthersAsync(context, On);
        await Answers.ResultAsync(context, confirmed, PeopleJson.Default.RecoveryCodes);
    }

    private static async Task End(HttpContext context)
    {
        var body = await Body.ReadJsonAsync(context, PeopleJson.Default.TotpEnd);
        var ended = body.Problem is { } problem
            ? problem
            : await TwoStep(context).EndAsync(context.Principal(), body.Value!, context.RequestAborted);
        if (ended.Problem is null) await TellOthersAsync(context, Off);
        await Answers.NothingAsync(context, ended);
    }

    private static async Task Renew(HttpContext context)
    {
        var body = await Body.ReadJsonAsync(context, PeopleJson.Default.RecoveryRenewal);
        var renewed = body.Problem is { } problem
            ? problem
            : await TwoStep(context).RenewAsync(context.Principal(), body.Value!, context.RequestAborted);
        await Answers.ResultAsync(context, renewed, PeopleJson.Default.RecoveryCodes);
    }
}
