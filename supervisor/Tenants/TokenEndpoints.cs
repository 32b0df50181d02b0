using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Executions;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Tenants;

/// <summary><c>/api/v1/tokens</c>: of the caller's tenant; a superadmin who names none may make superadmins' tokens.</summary>
internal static class TokenEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var tokens = api.MapGroup("/tokens").Needs(Permissions.TokensManage).WithTags("tokens");
        tokens.MapGet("", List).WithName("listTokens").WithSummary("Tokens, without their values").Gives(typeof(Page<ApiToken>));
        tokens.MapPost("", Create).WithName("createToken").WithSummary("Makes a token; its value is shown this once").Takes(typeof(TokenBody)).Gives(typeof(NewToken), 201).WithMetadata(new IdempotencyMiddleware.ShownOnce("token"));
        tokens.MapDelete("/{id:guid}", Revoke).WithName("revokeToken").WithSummary("Revokes a token").Gives(status: 204);
        var superadmins = api.MapGroup("/superadmin-tokens").NeedsSuperadmin().WithTags("tokens");
        superadmins.MapGet("", List).WithName("listSuperadminTokens").WithSummary("Superadmins' tokens, without their values").Gives(typeof(Page<ApiToken>));
        superadmins.MapPost("", Create).WithName("createSuperadminToken").WithSummary("Makes a superadmin's token").Takes(typeof(TokenBody)).Gives(typeof(NewToken), 201).WithMetadata(new IdempotencyMiddleware.ShownOnce("token"));
        superadmins.MapDelete("/{id:guid}", Revoke).WithName("revokeSuperadminToken").WithSummary("Revokes a superadmin's token").Gives(status: 204);
    }

    private static ITokens Tokens(HttpContext context) => context.RequestServices.GetRequiredService<ITokens>();

    /// <summary>Null on the superadmins' own path, whatever tenant the header names.</summary>
    private static Guid? Owner(HttpContext context) => context.Request.Path.StartsWithSegments("/api/v1/superadmin-tokens", StringComparison.OrdinalIgnoreCase) ? null : context.TenantId();

    private static async Task List(HttpContext context)
    {
        var page = Answers.Page(context);
        if (page.Problem is { } problem) await Problems.WriteAsync(context, problem);
        else await Answers.JsonAsync(context, await Tokens(context).ListAsync(Owner(context), page.Value!, context.RequestAborted), TenantsJson.Default.PageApiToken);
    }

    private static async Task Create(HttpContext context)
    {
        var read = await Body.ReadJsonAsync(context, TenantsJson.Default.TokenBody);
        var owner = Owner(context);
        var time = context.RequestServices.GetRequiredService<TimeProvider>();
        if ((read.Problem ?? Refusal(context.Principal(), owner, read.Value!, time.GetUtcNow())) is { } problem)
        {
            await Problems.WriteAsync(context, problem);
            return;
        }

        var body = read.Value!;
        var (token, value) = await Tokens(context).CreateAsync(owner, body.Name!, owner is null ? [] : body.Permissions!, body.ExpiresAt, context.RequestAborted);
        await Answers.JsonAsync(context, NewToken.Of(token, value), TenantsJson.Default.NewToken, StatusCodes.Status201Created);
    }

    private static Problem? Refusal(Principal principal, Guid? owner, TokenBody body, DateTimeOffset now)
    {
        var errors = new List<FieldError>();
        if (body.Name is not { Length: > 0 and <= 100 } name || !Text.IsStorable(name)) errors.Add(new FieldError("name", "must be 1 to 100 characters"));
        if (body.ExpiresAt <= now) errors.Add(new FieldError("expires_at", "must lie ahead, or be null for none"));
        var permissions = body.Permissions ?? [];
        if (owner is not null && permissions.Count == 0) errors.Add(new FieldError("permissions", $"must be at least one of {string.Join(", ", Permissions.All)}"));
        if (owner is null && permissions.Count > 0) errors.Add(new FieldError("permissions", "must be empty: a superadmin's token has all"));
        if (permissions.Except(Permissions.All).FirstOrDefault() is { } unknown) errors.Add(new FieldError("permissions", $"has '{unknown}'; there are {string.Join(", ", Permissions.All)}"));
        if (errors.Count > 0) return Problem.Invalid([.. errors]);
        return permissions.FirstOrDefault(permission => !principal.May(permission)) is { } lacking
            ? new Problem(403, Codes.NotAllowed, $"The token '{principal.Name}' lacks {lacking} itself and so cannot give it.")
            : null;
    }

    private static async Task Revoke(HttpContext context)
    {
        var id = Guid.Parse((string)context.Request.RouteValues["id"]!);
        await Answers.NothingAsync(context, await Tokens(context).RevokeAsync(Owner(context), id, context.RequestAborted) ? true : Problem.NotFound($"There is no token {id}."));
    }
}
