using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Configuration;
using Sandbox.Supervisor.Hosting;
using Sandbox.Supervisor.Workers;
using Shouldly;

namespace Sandbox.Tests.Unit.Workers;

public sealed class SystemdWatchdogTests
{
    private const int TimeoutMs = 30_000;

    [Theory(Timeout = TimeoutMs)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_watchdog_tells_systemd_each_third_of_its_patience_that_the_pool_is_looked_after(bool isAbstract)
    {
        var name = Path.Combine(Path.GetTempPath(), $"sandbox-{Guid.NewGuid():N}");
        using var systemd = Listen(isAbstract ? '\0' + name : name);
        await using var rig = await PoolRig.StartAsync(new WorkersOptions { Spare = 1, Max = 1 });
        using var watchdog = Watchdog(rig, isAbstract ? '@' + name : name);

        await watchdog.StartAsync(TestContext.Current.CancellationToken);
        for (var i = 0; i < 3; i++)
        {
            (await ReceiveAsync(systemd)).ShouldBe("WATCHDOG=1");
            systemd.Available.ShouldBe(0);
            await rig.AdvanceAsync(TimeSpan.FromSeconds(10));
        }

        await watchdog.StopAsync(TestContext.Current.CancellationToken);
        File.Delete(name);
    }

    [Fact(Timeout = TimeoutMs)]
    public async Task The_watchdog_is_silent_while_nobody_looks_after_the_pool()
    {
        var name = '\0' + $"sandbox-{Guid.NewGuid():N}";
        using var systemd = Listen(name);
        // Never started: it has no rounds.
        await using var rig = PoolRig.Create(new WorkersOptions());
        using var watchdog = Watchdog(rig, '@' + name[1..]);
        await watchdog.StartAsync(TestContext.Current.CancellationToken);
        (await ReceiveAsync(systemd)).ShouldBe("WATCHDOG=1");

        for (var i = 0; i < 5; i++) rig.Time.Advance(TimeSpan.FromSeconds(11));
        await watchdog.StopAsync(TestContext.Current.CancellationToken);

        systemd.Available.ShouldBe(0);
    }

    [Fact(Timeout = TimeoutMs)]
    public async Task The_watchdog_is_silent_where_systemd_watches_another_process()
    {
        var name = '\0' + $"sandbox-{Guid.NewGuid():N}";
        using var systemd = Listen(name);
        await using var rig = await PoolRig.StartAsync(new WorkersOptions { Spare = 1, Max = 1 });
        using var watchdog = Watchdog(rig, '@' + name[1..], process: "1");

        await watchdog.StartAsync(TestContext.Current.CancellationToken);
        await watchdog.ExecuteTask!;

        systemd.Available.ShouldBe(0);
    }

    private static Socket Listen(string address)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(address));
        return socket;
    }

    private static async Task<string> ReceiveAsync(Socket socket)
    {
        var buffer = new byte[64];
        return Encoding.UTF8.GetString(buffer, 0, await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken));
    }

    private static SystemdWatchdog Watchdog(PoolRig rig, string address, string? process = null) =>
        new(rig.Pool, new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["NOTIFY_SOCKET"] = address,
            ["WATCHDOG_USEC"] = "30000000",
            ["WATCHDOG_PID"] = process,
        }).Build(), rig.Time);
}
