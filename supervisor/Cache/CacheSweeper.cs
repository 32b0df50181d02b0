namespace Sandbox.Supervisor.Cache;

/// <summary>Removes keys that have expired.</summary>
internal sealed partial class CacheSweeper(CacheStore store, TimeProvider time, ILogger<CacheSweeper> logger) : BackgroundService
{
    private const int AtOnce = 5_000;
    private static readonly TimeSpan s_every = TimeSpan.FromMinutes(1);
    private readonly ILogger _logger = logger;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                while (await store.SweepAsync(AtOnce, stoppingToken) == AtOnce)
                {
                    // There is more.
                }
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // The database is away for a moment; what is expired is ignored until it is swept.
                SweepFailed(e);
            }
        }
    }

    [LoggerMessage(4100, LogLevel.Warning, "Expired keys of sdk.cache could not be removed; it is tried again within a minute")]
    private partial void SweepFailed(Exception exception);
}
