using System.Net;
using Sandbox.Supervisor.Configuration;
using Sandbox.Supervisor.Hosting.Configuration;

namespace Sandbox.Supervisor.Listeners;

/// <summary>All listeners' bound sockets, and the addresses to show for them.</summary>
internal sealed class ListenSockets : IDisposable
{
    private readonly ListenOptions _options;
    private readonly List<ListenSocket> _sockets = [];

    private ListenSockets(ListenOptions options) => _options = options;

    public IReadOnlyList<ListenSocket> All => _sockets;

    public static ListenSockets Bind(ListenOptions options)
    {
        var sockets = new ListenSockets(options);
        try
        {
            sockets._sockets.Add(ListenSocket.BindUrl(Listener.Admin, Setting(nameof(ListenOptions.Admin)), options.Admin));
            sockets._sockets.Add(ListenSocket.BindUrl(Listener.Endpoints, Setting(nameof(ListenOptions.Endpoints)), options.Endpoints));
            sockets._sockets.Add(ListenSocket.BindUrl(Listener.Metrics, Setting(nameof(ListenOptions.Metrics)), options.Metrics));
            if (sockets._sockets.DistinctBy(socket => socket.EndPoint).Count() < sockets._sockets.Count)
                throw new StartupException($"{Setting(nameof(ListenOptions.Admin))}, {nameof(ListenOptions.Endpoints)} and {nameof(ListenOptions.Metrics)} must differ in address or port: a script's pages must not share the admin's origin.");
            if (options.Socket.Length > 0) sockets._sockets.Add(ListenSocket.BindPath(Listener.Socket, Setting(nameof(ListenOptions.Socket)), options.Socket));
            return sockets;
        }
        catch
        {
            sockets.Dispose();
            throw;
        }
    }

    /// <summary>The URL under which this machine reaches a listener: an address of 0.0.0.0 or [::] is shown as 127.0.0.1.</summary>
    public Uri Url(Listener listener)
    {
        var bound = (IPEndPoint)_sockets.First(socket => socket.Listener == listener).EndPoint;
        var any = bound.Address.Equals(IPAddress.Any) || bound.Address.Equals(IPAddress.IPv6Any);
        return new UriBuilder(Uri.UriSchemeHttp, any ? "127.0.0.1" : bound.Address.ToString(), bound.Port).Uri;
    }

    public void Dispose()
    {
        foreach (var socket in _sockets) socket.Dispose();
        if (_options.Socket.Length > 0 && _sockets.Exists(socket => socket.Listener == Listener.Socket)) File.Delete(_options.Socket);
    }

    private static string Setting(string name) => $"{ListenOptions.Section}:{name}";
}
