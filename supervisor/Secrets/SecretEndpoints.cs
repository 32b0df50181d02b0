using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Secrets;

/// <summary><c>/api/v1/secrets</c>. A value goes in and never comes out.</summary>
internal static class SecretEndpoints
{
    private static readonly AuditSubject s_audit = new("secret")
    {
        Route = "name",
        Fields = ["name"],
        WriteOnly = ["value"],
        Read = AuditSubject.By(
            (context, principal) => Secrets(context).GetAsync(principal, Name(context), context.RequestAborted),
            SecretsJson.Default.Secret),
    };

    public static void Map(IEndpointRouteBuilder api)
    {
        var secrets = api.MapGroup("/secrets").Needs(Permissions.SecretsManage).WithTags("secrets");
        secrets.MapGet("", List).WithName("listSecrets").WithSummary("Secrets, without their values").Gives(typeof(Page<Secret>));
        secrets.MapGet("/{name}", Get).WithName("getSecret").WithSummary("One secret, without its value").Gives(typeof(Secret));
        secrets.MapPut("/{name}", Put)
            .Audited("secrets.put", s_audit)
            .WithName("putSecret")
            .WithSummary("Makes a secret (201) or replaces its value (200)")
            .Takes(typeof(SecretBody))
            .Gives(typeof(SecretAnswer))
            .Gives(typeof(SecretAnswer), StatusCodes.Status201Created);
        secrets.MapDelete("/{name}", Delete)
            .Audited("secrets.delete", s_audit)
            .WithName("deleteSecret")
            .WithSummary("Removes a secret")
            .Gives(status: 204);
    }

    private static ISecrets Secrets(HttpContext context) => context.RequestServices.GetRequiredService<ISecrets>();

    private static string Name(HttpContext context) => (string)context.Request.RouteValues["name"]!;

    private static async Task List(HttpContext context)
    {
        var page = Answers.Page(context);
        if (page.Problem is { } problem) await Problems.WriteAsync(context, problem);
        else await Answers.ResultAsync(
            context,
            await Secrets(context).ListAsync(context.Principal(), page.Value!, context.RequestAborted),
            SecretsJson.Default.PageSecret);
    }

    private static async Task Get(HttpContext context) =>
        await Answers.ResultAsync(
            context,
            await Secrets(context).GetAsync(context.Principal(), Name(context), context.RequestAborted),
            SecretsJson.Default.Secret);

    private static async Task Put(HttpContext context)
    {
        var body = await Body.ReadJsonAsync(context, SecretsJson.Default.SecretBody);
        var result = body.Problem is { } problem
            ? problem
            : await Secrets(context).PutAsync(context.Principal(), Name(context), body.Value!.Value, context.RequestAborted);
        if (result.Problem is { } refused)
        {
            await Problems.WriteAsync(context, refused);
            return;
        }

        var written = result.Value!;
        if (written.IsNew) context.Response.Headers.Location = $"/api/v1/secrets/{written.Secret.Name}";
        var status = written.IsNew ? StatusCodes.Status201Created : StatusCodes.Status200OK;
        await Answers.JsonAsync(context, SecretAnswer.Of(written), SecretsJson.Default.SecretAnswer, status);
    }

    private static async Task Delete(HttpContext context) =>
        await Answers.NothingAsync(context, await Secrets(context).DeleteAsync(context.Principal(), Name(context), context.RequestAborted));
}
