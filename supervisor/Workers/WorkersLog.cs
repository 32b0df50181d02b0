namespace Sandbox.Supervisor.Workers;

/// <summary>Event ids 2000–2099.</summary>
internal sealed partial class WorkersLog(ILogger<WorkersLog> logger)
{
    private readonly ILogger _logger = logger;

    [LoggerMessage(2000, LogLevel.Debug, "Worker {Number} is ready after {Milliseconds:F0} ms")]
    public partial void Ready(int number, double milliseconds);

    [LoggerMessage(2001, LogLevel.Warning, "Worker {Number} sent what no worker sends ({Kind}) and is killed")]
    public partial void Misbehaved(int number, string kind);

    [LoggerMessage(2003, LogLevel.Error, "A worker could not be started; the next try is in {Delay}: {Reason}")]
    public partial void StartFailed(TimeSpan delay, string reason);

    [LoggerMessage(2004, LogLevel.Error, "The pool could not look after its workers; it tries again within a second")]
    public partial void RoundFailed(Exception exception);
}
