using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Sandbox.Supervisor.Hosting;

namespace Sandbox.Tests.Security.Web;

/// <summary>The endpoints that the admin listener serves, as the product itself maps them.</summary>
internal static partial class AdminEndpoints
{
    // A page's own route names no method: it takes these, and no handler of ours is for another.
    private static readonly string[] s_ofPages = ["GET", "POST"];

    /// <summary>Method and template of each: <c>GET /api/v1/scripts/{script}</c>.</summary>
    public static async Task<IReadOnlyList<string>> AllAsync() => [.. (await WithMetadataAsync()).Select(endpoint => endpoint.Name)];

    public static async Task<IReadOnlyList<(string Name, EndpointMetadataCollection Metadata)>> WithMetadataAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSandboxDoors();
        await using var app = builder.Build();
        Pipelines.MapAdmin(app, withPages: true);
        return [.. ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).Cast<RouteEndpoint>()
            .SelectMany(endpoint => NamesOf(endpoint).Select(name => (name, endpoint.Metadata)))];
    }

    /// <summary>A path of the template; what it names does not exist.</summary>
    public static string PathOf(string template) => Parameter().Replace(template, match => match.Groups["type"].Value switch
    {
        "" => "nothing-here",
        "int" => "1",
        "guid" => "0197a1b2-0000-7000-8000-000000000000",
        var other => throw new InvalidOperationException($"A value of the constraint {other} is needed here."),
    });

    private static IEnumerable<string> NamesOf(RouteEndpoint endpoint) =>
        (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? s_ofPages)
            .Select(method => $"{method} /{endpoint.RoutePattern.RawText!.Trim('/')}");

    [GeneratedRegex(@"\{\w+(:(?<type>\w+))?\}", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Parameter();
}
