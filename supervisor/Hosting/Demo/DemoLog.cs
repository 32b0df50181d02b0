namespace Sandbox.Supervisor.Hosting.Demo;

/// <summary>Events 3100–3109.</summary>
internal static partial class DemoLog
{
    [LoggerMessage(3100, LogLevel.Warning, "The example {Script} was not made: {Reason}")]
    public static partial void ExampleRefused(ILogger logger, string script, string reason);

    [LoggerMessage(3101, LogLevel.Warning, "The demo's business data was not made: {Reason}")]
    public static partial void DataRefused(ILogger logger, string reason);

    [LoggerMessage(3102, LogLevel.Warning, "The entity {Entity} of the demo's tenant {Tenant} was not made: {Reason}")]
    public static partial void EntityRefused(ILogger logger, string entity, string tenant, string reason);

    [LoggerMessage(3103, LogLevel.Warning, "The demo lacks {Setting}: {Reason}")]
    public static partial void SettingRefused(ILogger logger, string setting, string reason);
}
