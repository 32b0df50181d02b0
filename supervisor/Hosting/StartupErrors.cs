using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Sandbox.Supervisor.Configuration;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.History;
using Sandbox.Supervisor.Workers.Launch;

namespace Sandbox.Supervisor.Hosting;

/// <summary>What the operator can mend is one line on standard error and exit code 1; a stack trace is for bugs alone.</summary>
internal static class StartupErrors
{
    public static async Task<int> ShowAsync(Func<Task> run)
    {
        try
        {
            await run();
            return 0;
        }
        catch (Exception e) when (Line(e) is { } line)
        {
            await Console.Error.WriteLineAsync($"sandbox: {line}");
            return 1;
        }
    }

    internal static string? Line(Exception exception) => exception switch
    {
        StartupException or DatabaseException or JournalVersionException or LaunchException => exception.Message,
        OptionsValidationException options => "Configuration: " + string.Join(' ', options.Failures),
        // Two that start at once can both bind a port; the first that listens has it.
        SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } =>
            $"{SandboxOptions.Section}:Listen: another program began to listen on one of our ports while we started. Stop it, or choose other ports.",
        AggregateException { InnerExceptions.Count: 1 } one => Line(one.InnerExceptions[0]),
        _ => null,
    };
}
