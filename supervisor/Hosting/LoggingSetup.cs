namespace Sandbox.Supervisor.Hosting;

/// <summary>One line per event on standard output; the framework speaks from warnings on.</summary>
internal static class LoggingSetup
{
    public static void Apply(ILoggingBuilder logging)
    {
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
        });
        // A start that fails is told by StartupErrors; a background service that fails stops the host, which is Critical.
        logging.AddFilter("Microsoft.Extensions.Hosting", Microsoft.Extensions.Logging.LogLevel.Critical);
        logging.AddFilter("Microsoft", Microsoft.Extensions.Logging.LogLevel.Warning);
        // Its scope and its two lines per request cost a fifth of a hello, and would show paths and queries.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", Microsoft.Extensions.Logging.LogLevel.None);
    }
}
