using System.Text;
using Sandbox.Supervisor.Configuration;
using Sandbox.Supervisor.Hosting.Configuration;
using Sandbox.Supervisor.Hosting.Demo;
using Sandbox.Supervisor.Hosting.Web;
using Sandbox.Supervisor.Listeners;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Hosting;

/// <summary>Prepares the demo before the listeners open, and says where everything is once they have.</summary>
internal sealed class StartupBanner(ListenSockets sockets, ListenOptions listen, SandboxOptions options, SetupLink link, DemoTenant demo) : IHostedLifecycleService
{
    private DemoUrls? _urls;
    private DemoEnv? _env;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var admin = Plain(sockets.Url(Listener.Admin));
        _urls = new DemoUrls(admin, Plain(sockets.Url(Listener.Endpoints)), Plain(sockets.Url(Listener.Metrics)), link.Code is { } code ? $"{admin}/setup/{code}" : "");
        _env = await demo.PrepareAsync(_urls, cancellationToken);
    }

    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        await Console.Out.WriteAsync(Text(_urls!, _env, listen.Socket, DemoEnv.PathIn(options.DataDirectory)));
        await Console.Out.FlushAsync(cancellationToken);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    internal static string Text(DemoUrls urls, DemoEnv? env, string socket, string envPath)
    {
        var text = new StringBuilder("\nSandbox is ready.\n\n");
        text.Append($"  admin      {urls.Admin}\n  endpoints  {urls.Endpoints}\n  metrics    {urls.Metrics}/metrics\n");
        if (socket.Length > 0) text.Append($"  socket     {socket}\n");
        if (urls.Setup.Length > 0) text.Append($"  set-up     {urls.Setup} (works once)\n");
        if (env is null) return text.Append('\n').ToString();

        text.Append($"  tokens     {envPath}\n\nTry the demo tenant:\n\n");
        foreach (var line in DemoCalls.Lines(urls, env)) text.Append(line).Append('\n');
        return text.Append('\n').ToString();
    }

    private static string Plain(Uri url) => url.GetLeftPart(UriPartial.Authority);
}
