using System.Globalization;
using System.Net.Sockets;
using Sandbox.Supervisor.Workers;

namespace Sandbox.Supervisor.Hosting;

/// <summary>
/// Tells systemd that the pool is looked after: <c>WATCHDOG=1</c> each third of <c>WATCHDOG_USEC</c>, as long as its last round is 10 s old at
/// most. Without these messages systemd ends and restarts the service (sd_watchdog_enabled(3), sd_notify(3)).
/// </summary>
internal sealed class SystemdWatchdog(WorkerPool pool, IConfiguration configuration, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan RoundAgeMax = TimeSpan.FromSeconds(10);
    private static readonly byte[] s_message = "WATCHDOG=1"u8.ToArray();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (Interval() is not { } interval || configuration["NOTIFY_SOCKET"] is not { Length: > 1 } path) return;
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        // An abstract address is written with an at sign.
        var systemd = new UnixDomainSocketEndPoint(path[0] == '@' ? '\0' + path[1..] : path);
        using var timer = new PeriodicTimer(interval / 3, time);
        try
        {
            do
            {
                if (pool.SinceRound <= RoundAgeMax) await SendAsync(socket, systemd, stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The supervisor stops; TimeoutStopSec= bounds that.
        }
    }

    private static async Task SendAsync(Socket socket, UnixDomainSocketEndPoint systemd, CancellationToken cancellationToken)
    {
        try
        {
            await socket.SendToAsync(s_message, SocketFlags.None, systemd, cancellationToken);
        }
        catch (SocketException)
        {
            // systemd restarts itself at times; the next message comes before its patience ends.
        }
    }

    /// <summary>Null where systemd watches nobody, or another process.</summary>
    private TimeSpan? Interval()
    {
        if (configuration["WATCHDOG_PID"] is { Length: > 0 } process && process != Environment.ProcessId.ToString(CultureInfo.InvariantCulture)) return null;
        return long.TryParse(configuration["WATCHDOG_USEC"], NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds) && microseconds > 0
            ? TimeSpan.FromMicroseconds(microseconds)
            : null;
    }
}
