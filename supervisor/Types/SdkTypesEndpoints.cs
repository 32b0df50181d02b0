using System.Security.Cryptography;
using System.Text;
using Microsoft.Net.Http.Headers;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Types;

/// <summary><c>/api/v1/sdk/types</c>.</summary>
internal static class SdkTypesEndpoints
{
    private const string ContentType = "text/plain; charset=utf-8";

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/sdk/types", Get)
            .Needs(Permissions.ScriptsRead)
            .WithTags("sdk")
            .WithName("getSdkTypes")
            .WithSummary("TypeScript declarations of what the tenant's scripts find; 304 where If-None-Match has their ETag")
            .WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(string), ["text/plain"]))
            .Gives(status: StatusCodes.Status304NotModified);

    private static async Task Get(HttpContext context)
    {
        var types = await context.RequestServices.GetRequiredService<ISdkTypes>().GetAsync(context.Principal(), context.RequestAborted);
        if (types.Problem is { } problem)
        {
            await Problems.WriteAsync(context, problem);
            return;
        }

        var bytes = Encoding.UTF8.GetBytes(types.Value!);
        var etag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16))}\"");
        var response = context.Response;
        response.Headers.ETag = etag.ToString();
        // Kept, and asked for again each time: the entities of another tenant or moment are others.
        response.Headers.CacheControl = "private, no-cache";
        if (IsKnown(context.Request, etag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = ContentType;
        response.ContentLength = bytes.Length;
        await response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    private static bool IsKnown(HttpRequest request, EntityTagHeaderValue etag) =>
        EntityTagHeaderValue.TryParseList(request.Headers.IfNoneMatch, out var tags)
        && tags.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(etag, useStrongComparison: false));
}
