using System.Net;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Hosting.Configuration;
using Sandbox.Supervisor.Rest;
using Sandbox.Web;

namespace Sandbox.Supervisor.Hosting.Web;

/// <summary>
/// Stands before every page. The host name must be ours (a rebound DNS name is another), and a request that changes something must come
/// from our own pages. Calls of the API need none of it where they bring a bearer token, which no browser sends by itself; those that our
/// pages make are marked (<see cref="SentByOwnPage"/>).
/// </summary>
internal sealed class PageGuard(RequestDelegate next, WebOptions options)
{
    private const string Common = "default-src 'none'; script-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
    private const string Policy = $"{Common}; style-src 'self'; img-src 'self'";

    /// <summary>The code editor makes style elements and draws its underlines from data URLs; it takes no nonce.</summary>
    private const string EditorPolicy = $"{Common}; worker-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:";

    public Task InvokeAsync(HttpContext context)
    {
        var metadata = context.GetEndpoint()?.Metadata;
        if (metadata?.GetMetadata<Access>() is not Access.Page)
        {
            if (IsOurs(context.Request.Host.Host) && IsSameOrigin(context.Request)) context.Features.Set(SentByOwnPage.Instance);
            return next(context);
        }

        if (!IsOurs(context.Request.Host.Host))
        {
            return Problems.WriteAsync(context, new Problem(
                421, Codes.NotAllowed, $"The pages are not served as '{context.Request.Host.Host}'; add it to {WebOptions.Section}:{nameof(WebOptions.Hosts)}:0 if it is ours."));
        }

        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method) && !FromOurPages(context.Request))
            return Problems.WriteAsync(context, new Problem(403, Codes.NotAllowed, "This form was sent by a page that is not ours."));

        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = metadata.GetMetadata<HoldsEditorAttribute>() is null ? Policy : EditorPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-store";
        return next(context);
    }

    private bool IsOurs(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || IPAddress.TryParse(host.Trim('[', ']'), out _) || options.Hosts.Contains(host, StringComparer.OrdinalIgnoreCase);

    /// <summary>Said by the browser itself: what sends neither header is no page's script.</summary>
    private static bool IsSameOrigin(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        return site.Length > 0
            ? site == "same-origin"
            : request.Headers.Origin.ToString().Equals($"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
    }

    private static bool FromOurPages(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0) return site is "same-origin" or "none";
        // Older browsers send Origin alone; what sends neither is no browser and has no cookie but its own.
        var origin = request.Headers.Origin.ToString();
        return origin.Length == 0 || origin.Equals($"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
    }
}
