using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Rest;

/// <summary>What REST endpoints answer with.</summary>
internal static class Answers
{
    public static Principal Principal(this HttpContext context) =>
        context.Features.Get<Principal>() ?? throw new InvalidOperationException("This endpoint needs no permission, so nobody was authenticated.");

    /// <summary>The tenant acted in; the access check has seen to it that there is one.</summary>
    public static Guid TenantId(this HttpContext context) => context.Principal().TenantId ?? throw new InvalidOperationException("This endpoint was entered without a tenant.");

    public static Task JsonAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(value, type);
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "application/json";
        response.Headers.CacheControl = "no-store";
        response.ContentLength = bytes.Length;
        return response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }

    /// <summary>The value with its ETag, or the problem.</summary>
    public static Task ResultAsync<T>(HttpContext context, Result<T> result, JsonTypeInfo<T> type, Func<T, string>? etag = null, int status = StatusCodes.Status200OK)
    {
        if (result.Problem is { } problem) return Problems.WriteAsync(context, problem);
        if (etag is not null) context.Response.Headers.ETag = etag(result.Value!);
        return JsonAsync(context, result.Value!, type, status);
    }

    public static Task NothingAsync(HttpContext context, Result<bool> result)
    {
        if (result.Problem is { } problem) return Problems.WriteAsync(context, problem);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    /// <summary>The value of <c>If-Match</c>; null where there is none or it is <c>*</c>.</summary>
    public static string? IfMatch(HttpContext context) => context.Request.Headers.IfMatch.ToString() is { Length: > 0 } tag and not "*" ? tag : null;

    /// <summary><c>limit</c> and <c>cursor</c> of a list. Any parameter that is none of these nor of its filters is a 422.</summary>
    public static Result<PageRequest> Page(HttpContext context, params ReadOnlySpan<string> filters)
    {
        if (Query.Unknown(context, [.. filters, "limit", "cursor"]) is { } unknown) return unknown;
        var limit = 50;
        var text = context.Request.Query["limit"].ToString();
        if (text.Length > 0 && (!WholeNumbers.TryParse(text, out limit) || limit is < 1 or > 200)) return Problem.Invalid(new FieldError("limit", "must be a whole number from 1 to 200"));
        return new PageRequest(limit, context.Request.Query["cursor"].ToString() is { Length: > 0 } cursor ? cursor : null);
    }
}
