using Sandbox.Supervisor.Rest;
using Sandbox.Supervisor.Scripts;

namespace Sandbox.Supervisor.HttpTriggers;

/// <summary>Answers browsers as the Fetch standard's CORS protocol has it, by a script's own <see cref="HttpCors"/>.</summary>
internal static class CorsPolicy
{
    /// <summary>Headers that let a page of an allowed origin read the answer.</summary>
    public static void Apply(HttpContext context, HttpCors? cors)
    {
        if (cors is null) return;
        var response = context.Response.Headers;
        if (!cors.Origins.Contains("*")) response.Append("Vary", "Origin");
        if (Allowed(context.Request, cors) is not { } origin) return;
        response.AccessControlAllowOrigin = origin;
        if (cors.Credentials) response.AccessControlAllowCredentials = "true";
        response.AccessControlExposeHeaders = string.Join(", ", cors.ExposeHeaders.Prepend(HeaderNames.ExecutionId));
    }

    /// <summary>Whether this is a browser asking beforehand; <paramref name="method"/> is what it means to send.</summary>
    public static bool IsPreflight(HttpRequest request, out string method)
    {
        method = request.Headers.AccessControlRequestMethod.ToString();
        return HttpMethods.IsOptions(request.Method) && method.Length > 0 && request.Headers.Origin.Count > 0;
    }

    public static void AnswerPreflight(HttpContext context, HttpTrigger trigger)
    {
        var response = context.Response;
        response.StatusCode = StatusCodes.Status204NoContent;
        response.Headers.Vary = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
        if (trigger.Cors is not { } cors || Allowed(context.Request, cors) is not { } origin) return;
        response.Headers.AccessControlAllowOrigin = origin;
        if (cors.Credentials) response.Headers.AccessControlAllowCredentials = "true";
        response.Headers.AccessControlAllowMethods = string.Join(", ", trigger.Methods);
        response.Headers.AccessControlAllowHeaders = string.Join(", ", cors.Headers);
        response.Headers.AccessControlMaxAge = cors.MaxAgeSeconds.ToString();
    }

    private static string? Allowed(HttpRequest request, HttpCors cors)
    {
        if (cors.Origins.Contains("*")) return "*";
        var origin = request.Headers.Origin.ToString();
        return cors.Origins.Contains(origin, StringComparer.OrdinalIgnoreCase) ? origin : null;
    }
}
