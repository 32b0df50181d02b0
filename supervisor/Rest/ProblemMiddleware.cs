using Microsoft.AspNetCore.Http.Features;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.Tenants;

namespace Sandbox.Supervisor.Rest;

/// <summary>Whatever goes wrong beneath leaves as problem+json: no route, no such method, a broken request, our own fault.</summary>
internal sealed class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (BadHttpRequestException e)
        {
            await Problems.WriteAsync(context, Problems.Of(e));
            return;
        }
        catch (TokenLookUpsBusyException)
        {
            await Problems.WriteAsync(context, TokenLookUpsBusyException.Problem);
            return;
        }
        catch (UnreadableCursorException)
        {
            await Problems.WriteAsync(context, Problem.Invalid(new FieldError("cursor", "must be the next_cursor of a page of this list")));
            return;
        }
        catch (Exception e)
        {
            HttpLog.Failed(logger, e, context.TraceIdentifier);
            await Problems.WriteAsync(context, new Problem(500, Codes.Internal, $"The supervisor failed at this; its log has request {context.TraceIdentifier}."));
            return;
        }

        if (!context.Response.HasStarted && IsEmpty(context) && OfStatus(context) is { } problem) await Problems.WriteAsync(context, problem);
    }

    private static bool IsEmpty(HttpContext context) =>
        context.Response.ContentType is null && context.Response.ContentLength is null or 0 && context.Features.Get<IHttpUpgradeFeature>()?.IsUpgradableRequest != true;

    private static Problem? OfStatus(HttpContext context) => context.Response.StatusCode switch
    {
        404 => Problem.NotFound($"There is nothing at {context.Request.Path}."),
        405 => new Problem(405, Codes.InvalidArgument, $"{context.Request.Method} is not for {context.Request.Path}; the header Allow names what is."),
        415 => new Problem(415, Codes.InvalidArgument, "The body must be JSON: Content-Type: application/json."),
        _ => null,
    };
}
