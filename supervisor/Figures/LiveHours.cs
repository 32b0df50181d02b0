namespace Sandbox.Supervisor.Figures;

/// <summary>The running hour and the stale ones of a tenant.</summary>
internal sealed class LiveHours(FigureStore store, TimeProvider time)
{
    /// <summary>Hours back that are counted while they are stale.</summary>
    public const int Back = 24;

    private readonly Kept<LiveFigures> _kept = new(time, TimeSpan.FromMilliseconds(30));

    public Task<LiveFigures> GetAsync(Guid tenant, CancellationToken cancellationToken)
    {
        var current = Hours.Of(time.GetUtcNow());
        return _kept.GetAsync(
            tenant,
            kept => kept.Current == current.UtcDateTime,
            () => store.LiveAsync(tenant, [.. Enumerable.Range(0, Back).Select(back => current.AddHours(-back).UtcDateTime)], current.UtcDateTime, cancellationToken));
    }
}
