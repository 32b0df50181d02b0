using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;
using Sandbox.Web;

namespace Sandbox.Supervisor.Hosting.Web;

/// <summary>The pages, and what belongs to them without being one: the stylesheet, the way to the first page, and the end of a session.</summary>
internal static class WebEndpoints
{
    private static readonly OpenToAnyoneAttribute s_open = new();

    public static void Map(IEndpointRouteBuilder routes)
    {
        // A Razor page answers every method, by its content where it has no handler.
        routes.MapRazorPages().IsPage().WithMetadata(new HttpMethodMetadata([HttpMethods.Get, HttpMethods.Head, HttpMethods.Post]));
        routes.MapGet("/", context =>
        {
            context.Response.Redirect("/executions");
            return Task.CompletedTask;
        }).IsPage().WithMetadata(s_open);
        routes.MapPost("/signout", SignOut).IsPage().WithMetadata(s_open);
        routes.MapGet("/assets/site.css", context =>
        {
            context.Response.ContentType = "text/css";
            return context.Response.Body.WriteAsync(WebAssets.Stylesheet, context.RequestAborted).AsTask();
        }).AllowAnyone();
    }

    private static Task SignOut(HttpContext context)
    {
        context.RequestServices.GetRequiredService<PageSessions>().End(context);
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = "/signin";
        return Task.CompletedTask;
    }
}
