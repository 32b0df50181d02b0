using System.Text.Json;

namespace Sandbox.Supervisor.Alerts;

/// <summary>
/// One round: take signals and look for standing trouble → decide (<see cref="AlertBook"/>) → write down alerts, messages and their
/// deliveries, in one transaction.
/// </summary>
internal sealed class AlertRounds(AlertRoundStore store, TimeProvider time)
{
    /// <param name="looksForStanding">Also for what is late, paused or dead: that costs more than to take signals.</param>
    /// <returns>Whether there may be more to do at once.</returns>
    public async Task<bool> RunAsync(bool looksForStanding, CancellationToken cancellationToken)
    {
        await using var round = await store.BeginAsync(cancellationToken);
        if (round is null) return false;
        var now = time.GetUtcNow();
        var signals = await AlertRoundStore.TakeAsync(round, cancellationToken);
        var standing = looksForStanding ? await StandingAsync(round, now, cancellationToken) : [];
        Guid[] tenants =
        [
            .. (await AlertRoundStore.TenantsAsync(round, looksForStanding, cancellationToken))
                .Concat(signals.Select(one => one.TenantId)).Concat(standing.Select(one => one.TenantId)).Distinct(),
        ];
        if (tenants.Length == 0) return false;
        var book = new AlertBook(
            await AlertRoundStore.RulesAsync(round, tenants, cancellationToken),
            await AlertRoundStore.AlertsAsync(round, tenants, now - AlertBook.Reopens, cancellationToken),
            await AlertRoundStore.WatchesAsync(round, signals, cancellationToken),
            now);
        foreach (var one in signals) book.Apply(one);
        if (looksForStanding) book.Apply(standing);
        book.CloseOrphans();
        (PlannedMessage Planned, AlertBody Body, string Json)[] messages =
        [
            .. book.Tell().Select(planned => (planned, Body: AlertText.Of(planned)))
                .Select(pair => (pair.planned, pair.Body, JsonSerializer.Serialize(pair.Body, AlertsJson.Default.AlertBody))),
        ];
        await AlertRoundStore.WriteAsync(round, book, messages, cancellationToken);
        await round.CommitAsync(cancellationToken);
        AlertsMetrics.Told(messages.Length);
        return signals.Count == AlertRoundStore.SignalsMax;
    }

    private static async Task<IReadOnlyList<Standing>> StandingAsync(AlertRound round, DateTimeOffset now, CancellationToken cancellationToken) =>
        await AlertRoundStore.StandingAsync(round, now - (await AlertRoundStore.LateAfterAsync(round, cancellationToken) ?? TimeSpan.FromDays(36_500)), cancellationToken);
}
