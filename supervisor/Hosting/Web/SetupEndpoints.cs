using System.Text.Encodings.Web;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;
using Sandbox.Supervisor.Tenants;
using Sandbox.Web;

namespace Sandbox.Supervisor.Hosting.Web;

/// <summary>
/// The way in until there are accounts: <c>/setup/{code}</c>, once, makes a superadmin's token, shows it and signs in; <c>/signin</c> takes any token. Both
/// act on a POST alone, so that a program which only previews a link uses nothing up.
/// </summary>
internal static class SetupEndpoints
{
    /// <summary>Marks what is guarded as a page although it needs no session yet.</summary>
    internal sealed class FormMetadata;

    private const int FormBytesMax = 4096;

    public static void Map(IEndpointRouteBuilder routes)
    {
        var form = new FormMetadata();
        routes.MapGet("/setup/{code}", ShowSetup).AllowAnyone().WithMetadata(form);
        routes.MapPost("/setup/{code}", Setup).AllowAnyone().WithMetadata(form);
        routes.MapGet("/signin", context => WriteAsync(context, "Sign in", SignInForm(null))).AllowAnyone().WithMetadata(form);
        routes.MapPost("/signin", SignIn).AllowAnyone().WithMetadata(form);
        routes.MapPost("/signout", SignOut).AllowAnyone().WithMetadata(form);
        routes.MapGet("/assets/site.css", context =>
        {
            context.Response.ContentType = "text/css";
            return context.Response.Body.WriteAsync(WebAssets.Stylesheet, context.RequestAborted).AsTask();
        }).AllowAnyone();
        routes.MapGet("/", context =>
        {
            context.Response.Redirect("/executions");
            return Task.CompletedTask;
        }).AllowAnyone().WithMetadata(form);
    }

    private static string Code(HttpContext context) => (string)context.Request.RouteValues["code"]!;

    private static SetupLink Link(HttpContext context) => context.RequestServices.GetRequiredService<SetupLink>();

    private static Task ShowSetup(HttpContext context) => Link(context).IsOpen(Code(context))
        ? WriteAsync(context, "Set up", "<p>This link works once. It makes a superadmin's token, shows it to you, and signs this browser in.</p><form method=\"post\"><button>Make the token</button></form>")
        : GoneAsync(context);

    private static async Task Setup(HttpContext context)
    {
        if (!Link(context).Use(Code(context)))
        {
            await GoneAsync(context);
            return;
        }

        var (_, value) = await context.RequestServices.GetRequiredService<TokenService>().IssueAsync(null, "set-up link", [], null, context.RequestAborted);
        context.RequestServices.GetRequiredService<PageSessions>().Start(context, value);
        await WriteAsync(context, "Set up", $"<p>Your superadmin's token, shown this once:</p><p><code>{HtmlEncoder.Default.Encode(value)}</code></p><p><a href=\"/executions\">Go to the executions</a></p>");
    }

    private static async Task SignIn(HttpContext context)
    {
        using var body = await Body.ReadAsync(context, FormBytesMax);
        var form = body is null ? [] : Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(System.Text.Encoding.UTF8.GetString(body.Span));
        var bearer = form.TryGetValue("token", out var value) ? value.ToString().Trim() : "";
        if (await context.RequestServices.GetRequiredService<ITokens>().AuthenticateAsync(bearer, context.RequestAborted) is null)
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            await WriteAsync(context, "Sign in", SignInForm("This token is not valid."));
            return;
        }

        context.RequestServices.GetRequiredService<PageSessions>().Start(context, bearer);
        SeeOther(context, "/executions");
    }

    private static Task SignOut(HttpContext context)
    {
        context.RequestServices.GetRequiredService<PageSessions>().End(context);
        SeeOther(context, "/signin");
        return Task.CompletedTask;
    }

    private static void SeeOther(HttpContext context, string path)
    {
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = path;
    }

    private static Task GoneAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status410Gone;
        return WriteAsync(context, "Set up", "<p>This link is not valid, or was used before. <a href=\"/signin\">Sign in with a token</a></p>");
    }

    private static string SignInForm(string? error) =>
        (error is null ? "" : $"<p role=\"alert\">{error}</p>")
        + "<form method=\"post\" action=\"/signin\"><p><label for=\"token\">Token</label> <input id=\"token\" name=\"token\" type=\"password\" required autocomplete=\"off\"></p><button>Sign in</button></form>";

    private static Task WriteAsync(HttpContext context, string title, string content)
    {
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync(
            $"<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{title} – Sandbox</title><link rel=\"stylesheet\" href=\"/assets/site.css\"></head><body><main><h1>{title}</h1>{content}</main></body></html>",
            context.RequestAborted);
    }
}
