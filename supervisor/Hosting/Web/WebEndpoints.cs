using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;
using Sandbox.Web;

namespace Sandbox.Supervisor.Hosting.Web;

/// <summary>Maps the pages, the stylesheet, and the two redirects without content: to the first page, and after the sign-out.</summary>
internal static class WebEndpoints
{
    private static readonly OpenToAnyoneAttribute s_open = new();

    public static void Map(IEndpointRouteBuilder routes)
    {
        // Without a handler for its method, a request would still get the page's content.
        routes.MapRazorPages()
            .IsPage()
            .NotAudited("Pages change sessions alone, and the set-up comes before anybody could be named.")
            .WithMetadata(new HttpMethodMetadata([HttpMethods.Get, HttpMethods.Head, HttpMethods.Post]));
        routes.MapGet("/", context =>
        {
            context.Response.Redirect("/executions");
            return Task.CompletedTask;
        }).IsPage().WithMetadata(s_open);
        routes.MapPost("/signout", SignOut).NotAudited("It ends the session alone.").IsPage().WithMetadata(s_open);
        routes.MapGet("/assets/site.css", context =>
        {
            context.Response.ContentType = "text/css";
            return context.Response.Body.WriteAsync(WebAssets.Stylesheet, context.RequestAborted).AsTask();
        }).AllowAnyone();
    }

    private static async Task SignOut(HttpContext context)
    {
        await context.RequestServices.GetRequiredService<IPageSessions>().EndAsync(context);
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = "/signin";
    }
}
