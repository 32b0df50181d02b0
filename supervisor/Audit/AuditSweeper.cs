using Microsoft.Extensions.Options;

namespace Sandbox.Supervisor.Audit;

/// <summary>Each minute: writes the counts of attempts that had no entry, and removes what is older than it is kept.</summary>
internal sealed class AuditSweeper(
    AuditStore store, AuditTrail trail, IOptions<AuditOptions> options, TimeProvider time, ILogger<AuditSweeper> logger) : BackgroundService
{
    private static readonly TimeSpan s_every = TimeSpan.FromMinutes(1);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await trail.FlushAsync(openToo: true);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await trail.FlushAsync(openToo: false);
            try
            {
                await store.SweepAsync(time.GetUtcNow().AddDays(-options.Value.KeptDays), stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                AuditLog.SweepFailed(logger, e, s_every.TotalMinutes);
            }
        }
    }
}
