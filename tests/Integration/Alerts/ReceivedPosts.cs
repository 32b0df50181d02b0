using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Sandbox.Tests.Integration.Egress;

namespace Sandbox.Tests.Integration.Alerts;

/// <summary>A request as it came.</summary>
internal sealed record ReceivedPost(IReadOnlyDictionary<string, string> Headers, string Body);

/// <summary>A web server that keeps what is posted to it.</summary>
internal sealed class ReceivedPosts : IAsyncDisposable
{
    private readonly Channel<ReceivedPost> _posts = Channel.CreateUnbounded<ReceivedPost>();
    private WebServer _server = null!;
    private int _count;

    public int Count => _count;

    /// <param name="status">The answer to the first <paramref name="until"/> requests; later ones get 204.</param>
    public static async Task<ReceivedPosts> StartAsync(LoopbackNetwork network, int port, int status, int until)
    {
        var posts = new ReceivedPosts();
        posts._server = await WebServer.StartAsync(network, port, context => posts.TakeAsync(context, status, until));
        return posts;
    }

    /// <summary>The next one, in the order they came.</summary>
    public ValueTask<ReceivedPost> NextAsync(CancellationToken cancellationToken) => _posts.Reader.ReadAsync(cancellationToken);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task TakeAsync(HttpContext context, int status, int until)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        context.Response.StatusCode = Interlocked.Increment(ref _count) <= until ? status : StatusCodes.Status204NoContent;
        await _posts.Writer.WriteAsync(new ReceivedPost(context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase), body));
    }
}
