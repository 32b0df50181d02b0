namespace Sandbox.Supervisor.Hosting.Demo;

/// <summary>Events 3100–3109.</summary>
internal static partial class DemoLog
{
    [LoggerMessage(3100, LogLevel.Warning, "The example {Script} was not made: {Reason}")]
    public static partial void ExampleRefused(ILogger logger, string script, string reason);
}
