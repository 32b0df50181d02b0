using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;
using Sandbox.Web;

namespace Sandbox.Supervisor.Hosting.Web;

/// <summary>Maps the pages, their assets, and the redirect after the sign-out.</summary>
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
        routes.MapPost("/signout", SignOut).NotAudited("It ends the session alone.").IsPage().WithMetadata(s_open);
        routes.MapGet("/assets/{name}", SendAsset).AllowAnyone();
    }

    /// <summary>Its address has the hash of its content, so that a browser asks once.</summary>
    private static Task SendAsset(HttpContext context, string name)
    {
        if (!WebAssets.All.TryGetValue(name, out var asset)) return Problems.WriteAsync(context, Problem.NotFound($"There is no asset '{name}'."));
        var takesPacked = context.Request.GetTypedHeaders().AcceptEncoding.Any(coding => coding.Value == "br" && coding.Quality is not 0);
        var content = takesPacked ? asset.Content : asset.Plain();
        if (asset.IsPacked) context.Response.Headers.Vary = "Accept-Encoding";
        if (asset.IsPacked && takesPacked) context.Response.Headers.ContentEncoding = "br";
        context.Response.ContentType = asset.ContentType;
        context.Response.ContentLength = content.Length;
        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return context.Response.Body.WriteAsync(content, context.RequestAborted).AsTask();
    }

    private static async Task SignOut(HttpContext context)
    {
        await context.RequestServices.GetRequiredService<IPageSessions>().EndAsync(context);
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = "/signin";
    }
}
