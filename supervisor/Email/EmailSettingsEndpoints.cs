using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Email;

/// <summary><c>/api/v1/settings/email</c>. The password goes in and never comes out.</summary>
internal static class EmailSettingsEndpoints
{
    private static readonly AuditSubject s_audit = new("email_settings")
    {
        NameField = "host",
        Fields = ["host", "port", "security", "username", "from_address", "from_name"],
        WriteOnly = ["password"],
        Read = AuditSubject.By(
            (context, principal) => Settings(context).GetAsync(principal, context.RequestAborted), EmailJson.Default.EmailSettings),
    };

    public static void Map(IEndpointRouteBuilder api)
    {
        var settings = api.MapGroup("/settings/email").Needs(Permissions.SettingsManage).WithTags("settings");
        settings.MapGet("", Get).WithName("getEmailSettings").WithSummary("Through which server scripts send e-mail").Gives(typeof(EmailSettings));
        settings.MapPut("", Put)
            .Audited("email.put", s_audit)
            .WithName("putEmailSettings")
            .WithSummary("Sets through which server scripts send e-mail")
            .Takes(typeof(EmailSettingsWrite))
            .Gives(typeof(EmailSettings));
        settings.MapDelete("", Delete)
            .Audited("email.delete", s_audit)
            .WithName("deleteEmailSettings")
            .WithSummary("Scripts send no e-mail any more")
            .Gives(status: 204);
    }

    private static IEmailSettings Settings(HttpContext context) => context.RequestServices.GetRequiredService<IEmailSettings>();

    private static async Task Get(HttpContext context) =>
        await Answers.ResultAsync(context, await Settings(context).GetAsync(context.Principal(), context.RequestAborted), EmailJson.Default.EmailSettings);

    private static async Task Put(HttpContext context)
    {
        var body = await Body.ReadJsonAsync(context, EmailJson.Default.EmailSettingsWrite);
        if (body.Problem is { } problem) await Problems.WriteAsync(context, problem);
        else await Answers.ResultAsync(context, await Settings(context).PutAsync(context.Principal(), body.Value!, context.RequestAborted), EmailJson.Default.EmailSettings);
    }

    private static async Task Delete(HttpContext context) =>
        await Answers.NothingAsync(context, await Settings(context).DeleteAsync(context.Principal(), context.RequestAborted));
}
