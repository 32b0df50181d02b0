namespace Sandbox.Supervisor.Alerts;

/// <summary>Takes messages whose time has come, sends them, and says when each is tried again.</summary>
internal sealed class AlertDeliveries(AlertDeliveryStore store, AlertSender sender, TimeProvider time, ILogger<AlertDeliveries> logger)
{
    private const int AtOnce = 8;

    /// <summary>After the first attempt, the second, and so on. What is not taken after the last is given up.</summary>
    private static readonly TimeSpan[] s_pauses =
        [TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(6)];

    /// <summary>Longer than any attempt.</summary>
    private static readonly TimeSpan s_lease = TimeSpan.FromMinutes(2);

    /// <summary>Whether there may be more to send at once.</summary>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var claimed = await store.ClaimAsync(time.GetUtcNow(), s_lease, AtOnce, cancellationToken);
        await Task.WhenAll(claimed.Select(sending => SendAsync(sending, cancellationToken)));
        return claimed.Count == AtOnce;
    }

    private async Task SendAsync(AlertSending sending, CancellationToken cancellationToken)
    {
        var refusal = await sender.SendAsync(sending.TenantId, sending.Channel, sending.Body, cancellationToken);
        var now = time.GetUtcNow();
        if (refusal is not var (error, again))
        {
            await store.SentAsync(sending, now, cancellationToken);
            return;
        }

        var nextAt = again && sending.Attempts <= s_pauses.Length ? now + s_pauses[sending.Attempts - 1] : (DateTimeOffset?)null;
        await store.RefusedAsync(sending, now, error, nextAt, cancellationToken);
        if (nextAt is null) AlertsLog.GaveUp(logger, sending.TenantId, sending.Channel, sending.Attempts, error);
    }
}
