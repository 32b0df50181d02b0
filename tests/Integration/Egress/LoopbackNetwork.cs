using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Sandbox.Tests.Integration.Egress;

/// <summary>
/// A network namespace that has loopback alone, where some public and private addresses lead to it: no packet leaves it, whatever is called. Names are
/// looked up at its own name server. Sockets of it are made by a thread that has entered it.
/// </summary>
internal sealed partial class LoopbackNetwork : IDisposable
{
    public const string Public = "93.184.216.34";
    public const string Private = "10.9.0.5";

    private const int CloneNewNet = 0x40000000;
    private const string SetUp = """
        set -e
        ip link set lo up
        ip route add local 93.184.216.0/24 dev lo
        ip route add local 10.9.0.0/16 dev lo
        ip route add local 169.254.169.254/32 dev lo
        mount --make-rprivate /
        printf 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n' > "$1"
        mount --bind "$1" /etc/resolv.conf
        echo ready
        exec sleep 3600
        """;

    private readonly Process _holder;
    private readonly string _resolver = Path.GetTempFileName();
    private readonly BlockingCollection<Action> _work = [];

    private LoopbackNetwork()
    {
        var start = new ProcessStartInfo("unshare") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["--net", "--mount", "--", "sh", "-c", SetUp, "sh", _resolver]) start.ArgumentList.Add(argument);
        _holder = Process.Start(start)!;
        if (_holder.StandardOutput.ReadLine() != "ready") throw new InvalidOperationException($"No network namespace: {_holder.StandardError.ReadToEnd()}");
        var thread = new Thread(Run) { IsBackground = true, Name = "in the namespace" };
        thread.Start();
        Names = new NameServer(Socket(SocketType.Dgram, ProtocolType.Udp, new IPEndPoint(IPAddress.Loopback, 53)));
    }

    public NameServer Names { get; }

    /// <summary>Signs the certificates of servers in it.</summary>
    public TestAuthority Authority { get; } = new();

    /// <summary>Put before the name of a program, makes it run in this network.</summary>
    public IReadOnlyList<string> Enter(string directory) =>
        ["nsenter", $"--net=/proc/{_holder.Id}/ns/net", $"--mount=/proc/{_holder.Id}/ns/mnt", $"--wd={directory}", "--"];

    public static LoopbackNetwork Create() => new();

    /// <summary>A socket that is bound within it.</summary>
    public Socket Socket(SocketType type, ProtocolType protocol, IPEndPoint bound) => Made(() =>
    {
        var socket = new Socket(bound.AddressFamily, type, protocol);
        socket.Bind(bound);
        return socket;
    });

    /// <summary>A client whose connections are made within it.</summary>
    public HttpClient Client(Uri address) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (context, cancellationToken) =>
        {
            var socket = Made(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });
            await socket.ConnectAsync(IPAddress.Parse(context.DnsEndPoint.Host), context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    { BaseAddress = address, Timeout = TimeSpan.FromSeconds(100) };

    public void Dispose()
    {
        Names.Dispose();
        Authority.Dispose();
        _work.CompleteAdding();
        _holder.Kill();
        _holder.WaitForExit();
        _holder.Dispose();
        File.Delete(_resolver);
    }

    private T Made<T>(Func<T> make)
    {
        var done = new TaskCompletionSource<T>();
        _work.Add(() =>
        {
            try
            {
                done.SetResult(make());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        return done.Task.GetAwaiter().GetResult();
    }

    private void Run()
    {
        using (var space = File.OpenHandle($"/proc/{_holder.Id}/ns/net"))
        {
            if (SetNs((int)space.DangerousGetHandle(), CloneNewNet) != 0) throw new InvalidOperationException($"setns: {Marshal.GetLastPInvokeError()}");
        }

        foreach (var action in _work.GetConsumingEnumerable()) action();
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNs(int descriptor, int type);
}
