using System.Text.Json;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Executions;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Tenants;

/// <summary><c>/api/v1/tokens</c>: of the tenant acted in. <c>/api/v1/superadmin-tokens</c>: superadmins', whatever tenant is named.</summary>
internal static class TokenEndpoints
{
    // The value of a new token is none of these.
    private static readonly AuditSubject s_audit = new("token")
    {
        Route = "id",
        Fields = ["name", "permissions", "expires_at"],
        Read = ReadAsync,
    };

    public static void Map(IEndpointRouteBuilder api)
    {
        var tokens = api.MapGroup("/tokens").Needs(Permissions.TokensManage).WithTags("tokens");
        tokens.MapGet("", context => List(context, TokenOwner.Tenant)).WithName("listTokens").WithSummary("Tokens, without their values").Gives(typeof(Page<ApiToken>));
        tokens.MapPost("", context => Create(context, TokenOwner.Tenant))
            .Audited("tokens.create", s_audit)
            .WithName("createToken")
            .WithSummary("Makes a token; its value is shown this once")
            .Takes(typeof(TokenBody))
            .Gives(typeof(NewToken), 201)
            .WithMetadata(new IdempotencyMiddleware.ShownOnce("token"));
        tokens.MapDelete("/{id:guid}", context => Revoke(context, TokenOwner.Tenant))
            .Audited("tokens.revoke", s_audit)
            .WithName("revokeToken")
            .WithSummary("Revokes a token")
            .Gives(status: 204);
        var superadmins = api.MapGroup("/superadmin-tokens").NeedsSuperadmin().WithTags("tokens");
        superadmins.MapGet("", context => List(context, TokenOwner.Superadmin)).WithName("listSuperadminTokens").WithSummary("Superadmins' tokens, without their values").Gives(typeof(Page<ApiToken>));
        superadmins.MapPost("", context => Create(context, TokenOwner.Superadmin))
            .Audited("superadmin_tokens.create", s_audit)
            .WithName("createSuperadminToken")
            .WithSummary("Makes a superadmin's token")
            .Takes(typeof(TokenBody))
            .Gives(typeof(NewToken), 201)
            .WithMetadata(new IdempotencyMiddleware.ShownOnce("token"));
        superadmins.MapDelete("/{id:guid}", context => Revoke(context, TokenOwner.Superadmin))
            .Audited("superadmin_tokens.revoke", s_audit)
            .WithName("revokeSuperadminToken")
            .WithSummary("Revokes a superadmin's token")
            .Gives(status: 204);
    }

    private static async Task<byte[]?> ReadAsync(HttpContext context, Principal principal)
    {
        var id = Guid.Parse((string)context.Request.RouteValues["id"]!);
        var token = await context.RequestServices.GetRequiredService<TokenStore>().GetAsync(principal.TenantId, id, context.RequestAborted);
        return token is null ? null : JsonSerializer.SerializeToUtf8Bytes(token, TenantsJson.Default.ApiToken);
    }

    private static ITokens Tokens(HttpContext context) => context.RequestServices.GetRequiredService<ITokens>();

    private static async Task List(HttpContext context, TokenOwner owner)
    {
        var page = Answers.Page(context);
        if (page.Problem is { } problem) await Problems.WriteAsync(context, problem);
        else await Answers.ResultAsync(
            context,
            await Tokens(context).ListAsync(context.Principal(), owner, page.Value!, context.RequestAborted),
            TenantsJson.Default.PageApiToken);
    }

    private static async Task Create(HttpContext context, TokenOwner owner)
    {
        var read = await Body.ReadJsonAsync(context, TenantsJson.Default.TokenBody);
        var time = context.RequestServices.GetRequiredService<TimeProvider>();
        if ((read.Problem ?? Refusal(owner, read.Value!, time.GetUtcNow())) is { } problem)
        {
            await Problems.WriteAsync(context, problem);
            return;
        }

        var body = read.Value!;
        var issued = await Tokens(context).CreateAsync(context.Principal(), owner, body.Name!, body.Permissions ?? [], body.ExpiresAt, context.RequestAborted);
        if (issued.Problem is { } refused) await Problems.WriteAsync(context, refused);
        else await Answers.JsonAsync(context, NewToken.Of(issued.Value!), TenantsJson.Default.NewToken, StatusCodes.Status201Created);
    }

    private static Problem? Refusal(TokenOwner owner, TokenBody body, DateTimeOffset now)
    {
        var errors = new List<FieldError>();
        if (body.Name is not { Length: > 0 and <= 100 } name || !Text.IsStorable(name)) errors.Add(new FieldError("name", "must be 1 to 100 characters"));
        if (body.ExpiresAt <= now) errors.Add(new FieldError("expires_at", "must lie ahead, or be null for none"));
        var permissions = body.Permissions ?? [];
        if (owner == TokenOwner.Tenant && permissions.Count == 0) errors.Add(new FieldError("permissions", $"must be at least one of {string.Join(", ", Permissions.All)}"));
        if (owner == TokenOwner.Superadmin && permissions.Count > 0) errors.Add(new FieldError("permissions", "must be empty: a superadmin's token has all"));
        if (permissions.Except(Permissions.All).FirstOrDefault() is { } unknown) errors.Add(new FieldError("permissions", $"has '{unknown}'; there are {string.Join(", ", Permissions.All)}"));
        return errors.Count > 0 ? Problem.Invalid([.. errors]) : null;
    }

    private static async Task Revoke(HttpContext context, TokenOwner owner)
    {
        var id = Guid.Parse((string)context.Request.RouteValues["id"]!);
        await Answers.NothingAsync(context, await Tokens(context).RevokeAsync(context.Principal(), owner, id, context.RequestAborted));
    }
}
