namespace Sandbox.Supervisor.Broker;

/// <summary>Event ids 4000–4099.</summary>
internal sealed partial class BrokerLog(ILogger<BrokerLog> logger)
{
    private readonly ILogger _logger = logger;

    [LoggerMessage(4000, LogLevel.Error, "sdk.{Capability} failed for execution {Execution}")]
    public partial void CallFailed(Exception exception, string capability, Guid execution);

    [LoggerMessage(4001, LogLevel.Warning, "A call of execution {Execution} was refused: the database cannot be reached or is busy")]
    public partial void DatabaseBusy(Exception exception, Guid execution);
}
