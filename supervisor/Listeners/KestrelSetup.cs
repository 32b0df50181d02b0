using System.Net;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Listeners;

/// <summary>Puts one Kestrel on the sockets that were bound before, each of its connections marked with its listener.</summary>
internal static class KestrelSetup
{
    /// <summary>Connections at once over all listeners; more wait in the kernel's backlog until one ends, at most, and are then cut.</summary>
    private const int ConnectionsMax = 20_000;

    public static void Apply(IWebHostBuilder web, ListenSockets sockets)
    {
        web.ConfigureServices(services => services.Configure<SocketTransportOptions>(options =>
        {
            var byEndPoint = sockets.All.ToDictionary(socket => socket.EndPoint);
            // What serves a request goes on where its bytes arrived: nothing here blocks, and each change of thread costs more than the work.
            options.UnsafePreferInlineScheduling = true;
            options.CreateBoundListenSocket = endPoint => byEndPoint[endPoint].Take();
        }));
        web.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = Body.BytesMax;
            kestrel.Limits.MaxConcurrentConnections = ConnectionsMax;
            // HTTP allows every byte from 0x80 on in a header's value (RFC 9110, 5.5). As in Fetch, each is one character in both directions, so that
            // none is refused and a value that a script hands back goes out byte for byte.
            kestrel.RequestHeaderEncodingSelector = _ => Encoding.Latin1;
            kestrel.ResponseHeaderEncodingSelector = _ => Encoding.Latin1;
            kestrel.AllowSynchronousIO = false;
            var drain = kestrel.ApplicationServices.GetRequiredService<Drain>();
            foreach (var socket in sockets.All)
            {
                if (socket.EndPoint is IPEndPoint ip) kestrel.Listen(ip, options => Mark(options, socket.Listener, drain));
                else kestrel.ListenUnixSocket(socket.EndPoint.ToString()!, options => Mark(options, socket.Listener, drain));
            }
        });
    }

    private static void Mark(Microsoft.AspNetCore.Server.Kestrel.Core.ListenOptions options, Listener listener, Drain drain)
    {
        // Clear text: HTTP/2 without TLS needs prior knowledge that browsers and webhook senders do not have.
        options.Protocols = HttpProtocols.Http1;
        var feature = new ListenerFeature(listener);
        options.Use(next => async connection =>
        {
            connection.Features.Set(feature);
            var pipe = new RefusablePipe(connection.Transport);
            connection.Features.Set(pipe);
            connection.Transport = pipe;
            using (drain.Track(connection)) await next(connection);
        });
    }
}
