using System.Net;
using System.Net.Sockets;
using Sandbox.Supervisor.Configuration;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Listeners;

/// <summary>
/// The bound socket of one listener. It is bound before anything else starts, so that a port in use is one line and not
/// the end of a long start; Kestrel begins to listen on it when all is ready.
/// </summary>
internal sealed class ListenSocket : IDisposable
{
    private const int SocketPathBytesMax = 107;
    private Socket? _socket;

    private ListenSocket(Listener listener, Socket socket, EndPoint endPoint)
    {
        Listener = listener;
        EndPoint = endPoint;
        _socket = socket;
    }

    public Listener Listener { get; }

    /// <summary>As bound: a port of 0 has become a real one.</summary>
    public EndPoint EndPoint { get; }

    public static ListenSocket BindUrl(Listener listener, string setting, string url)
    {
        var endPoint = Parse(setting, url);
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endPoint.Address.Equals(IPAddress.IPv6Any)) socket.DualMode = true;
            socket.Bind(endPoint);
            return new ListenSocket(listener, socket, socket.LocalEndPoint!);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new StartupException(Reason(e, setting, url), e);
        }
    }

    public static ListenSocket BindPath(Listener listener, string setting, string path)
    {
        if (System.Text.Encoding.UTF8.GetByteCount(path) > SocketPathBytesMax)
            throw new StartupException($"{setting}: the path is longer than {SocketPathBytesMax} bytes, the most a Unix socket takes. Choose a shorter one.");

        var endPoint = new UnixDomainSocketEndPoint(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            RemoveStale(path, setting, endPoint);
            socket.Bind(endPoint);
            // Its group may call; whoever may, still needs a token.
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite);
            return new ListenSocket(listener, socket, endPoint);
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
        {
            socket.Dispose();
            throw new StartupException($"{setting}: cannot listen on {path} ({e.Message}). Name a path in a directory that exists and may be written.", e);
        }
    }

    /// <summary>Hands the socket over to Kestrel, which owns it from then on.</summary>
    public Socket Take() => Interlocked.Exchange(ref _socket, null) ?? throw new InvalidOperationException($"The socket of {Listener} was taken before.");

    public void Dispose() => Interlocked.Exchange(ref _socket, null)?.Dispose();

    /// <summary>The address of a setting such as <c>http://127.0.0.1:8080</c>.</summary>
    internal static IPEndPoint Parse(string setting, string url)
    {
        const string Example = "for example http://127.0.0.1:8080";
        if (!url.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
        {
            throw new StartupException(url.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
                ? $"{setting}: '{url}' asks for TLS, which a reverse proxy in front ends; give an http:// address here."
                : $"{setting}: '{url}' is no http:// address; {Example}.");
        }

        var authority = url["http://".Length..].TrimEnd('/');
        var colon = authority.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(authority[(colon + 1)..], out var port) || port is < 0 or > 65535)
            throw new StartupException($"{setting}: '{url}' names no port from 0 to 65535; {Example}.");

        var host = authority[..colon];
        if (host is "*" or "+") return new IPEndPoint(IPAddress.IPv6Any, port);
        if (string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)) return new IPEndPoint(IPAddress.Loopback, port);
        if (IPAddress.TryParse(host.Trim('[', ']'), out var address)) return new IPEndPoint(address, port);
        throw new StartupException($"{setting}: '{host}' is no address of this machine; give an IP address, localhost, or * for all; {Example}.");
    }

    private static string Reason(SocketException e, string setting, string url) => e.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => $"{setting}: the port of {url} is in use. Stop the program that has it, or set {setting} to a free one.",
        SocketError.AccessDenied => $"{setting}: this user may not listen on {url}. Choose a port from 1024 on in {setting}, or give the service CAP_NET_BIND_SERVICE.",
        SocketError.AddressNotAvailable => $"{setting}: {url} is not an address of this machine. Set {setting} to one that is, or to http://*:port for all.",
        _ => $"{setting}: cannot listen on {url} ({e.Message}). Set {setting} to another address.",
    };

    /// <summary>A socket file that nobody listens on is what an earlier, killed supervisor left.</summary>
    private static void RemoveStale(string path, string setting, UnixDomainSocketEndPoint endPoint)
    {
        if (!File.Exists(path)) return;
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(endPoint);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(path);
            return;
        }

        throw new StartupException($"{setting}: another program listens on {path}. Stop it, or set {setting} to another path.");
    }
}
