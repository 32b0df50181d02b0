namespace Sandbox.Supervisor.Executions;

/// <summary>Event ids 1000–1099.</summary>
internal sealed partial class ExecutionsLog(ILogger<ExecutionsLog> logger)
{
    private readonly ILogger _logger = logger;

    [LoggerMessage(1000, LogLevel.Warning, "{Count} executions did not finish within the drain time and are interrupted")]
    public partial void Interrupting(int count);

    [LoggerMessage(1001, LogLevel.Warning, "Executions of today of tenant {Tenant} could not be counted; its daily quota begins with what this process has seen")]
    public partial void NotCounted(Exception exception, Guid tenant);

    [LoggerMessage(1002, LogLevel.Error, "Execution {Execution} is recorded as failed: the supervisor itself failed")]
    public partial void TailFailed(Exception exception, Guid execution);
}
