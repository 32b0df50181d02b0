using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Sandbox.Tests.Integration.Egress;

/// <summary>A web server in a <see cref="LoopbackNetwork"/>, at all its addresses.</summary>
internal sealed class WebServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    // Kestrel does not own the handle that it is given.
    private readonly Socket _socket;

    private WebServer(WebApplication app, Socket socket, int port) => (_app, _socket, Port) = (app, socket, port);

    public int Port { get; }

    public static async Task<WebServer> StartAsync(LoopbackNetwork network, int port, RequestDelegate answer, X509Certificate2? certificate = null)
    {
        var socket = network.Socket(SocketType.Stream, ProtocolType.Tcp, new IPEndPoint(IPAddress.Any, port));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.RequestHeaderEncodingSelector = _ => System.Text.Encoding.Latin1;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.ListenHandle((ulong)socket.Handle, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                if (certificate is not null) listen.UseHttps(certificate);
            });
        });
        if (certificate is not null) builder.WebHost.UseKestrelHttpsConfiguration();
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync();
        return new WebServer(app, socket, port);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _socket.Dispose();
    }
}
