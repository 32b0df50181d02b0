using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Sandbox.Bench;

/// <summary>workerd with the hello worker of <c>peers/hello.js</c>: one process, no sandbox process, nothing recorded.</summary>
internal sealed class Workerd : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _configuration;

    private Workerd(Process process, string configuration, int port)
    {
        _process = process;
        _configuration = configuration;
        Url = new Uri($"http://127.0.0.1:{port}/");
    }

    public Uri Url { get; }

    public int ProcessId => _process.Id;

    /// <summary>Starts it; it listens when this returns.</summary>
    public static async Task<Workerd> StartAsync(CancellationToken cancellationToken)
    {
        var port = FreePort();
        var configuration = Path.Combine(ChildProcess.Peers, $"node_modules/hello-{port}.capnp");
        await File.WriteAllTextAsync(configuration, $"""
            using Workerd = import "/workerd/workerd.capnp";
            const config :Workerd.Config = (
              services = [(name = "hello", worker = .hello)],
              sockets = [(name = "http", address = "127.0.0.1:{port}", http = (), service = "hello")],
            );
            const hello :Workerd.Worker = (modules = [(name = "hello", esModule = embed "../hello.js")], compatibilityDate = "2025-01-01");
            """, cancellationToken);
        var binary = Path.Combine(ChildProcess.Peers, "node_modules/@cloudflare/workerd-linux-64/bin/workerd");
        if (!File.Exists(binary)) throw new InvalidOperationException($"{binary} is not there: run make bench, which restores it.");
        var process = Process.Start(new ProcessStartInfo(binary, ["serve", configuration]))
            ?? throw new InvalidOperationException("workerd did not start.");
        var workerd = new Workerd(process, configuration, port);
        try
        {
            await workerd.ListeningAsync(cancellationToken);
            return workerd;
        }
        catch
        {
            await workerd.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        File.Delete(_configuration);
    }

    private async Task ListeningAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < 1_000; attempt++)
        {
            if (_process.HasExited) throw new InvalidOperationException($"workerd ended with {_process.ExitCode}.");
            try
            {
                using var connection = new TcpClient();
                await connection.ConnectAsync(IPAddress.Loopback, Url.Port, cancellationToken);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(5, cancellationToken);
            }
        }

        throw new InvalidOperationException("workerd did not listen within five seconds.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
