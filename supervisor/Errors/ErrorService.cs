using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Errors;

/// <summary>Groups of failures for those who need a permission.</summary>
internal sealed class ErrorService(ErrorStore store, TimeProvider time) : IErrors
{
    /// <summary>How far back a trend goes.</summary>
    public static readonly TimeSpan Trend = TimeSpan.FromHours(24);

    public async Task<Result<Page<ErrorGroup>>> ListAsync(
        Principal principal, ErrorFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.ExecutionsRead);
        if (entered.Problem is { } refused) return refused;
        var rows = await store.ListAsync(entered.Value, filter, page, cancellationToken);
        return new Page<ErrorGroup>([.. rows.Items.Select(row => row.ToGroup())], rows.NextCursor);
    }

    public async Task<Result<ErrorGroup>> GetAsync(Principal principal, Guid id, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.ExecutionsRead);
        if (entered.Problem is { } refused) return refused;
        var row = await store.GetAsync(entered.Value, id, cancellationToken);
        return row is null ? Missing(id) : await WithTrendAsync(entered.Value, row, cancellationToken);
    }

    public Task<Result<ErrorGroup>> ResolveAsync(Principal principal, Guid id, int? version, CancellationToken cancellationToken) =>
        JudgeAsync(principal, id, tenant => store.ResolveAsync(tenant, id, version, principal.Name, cancellationToken), cancellationToken);

    public Task<Result<ErrorGroup>> IgnoreAsync(Principal principal, Guid id, DateTimeOffset? until, CancellationToken cancellationToken) =>
        JudgeAsync(principal, id, tenant => store.IgnoreAsync(tenant, id, until, principal.Name, cancellationToken), cancellationToken);

    public Task<Result<ErrorGroup>> ReopenAsync(Principal principal, Guid id, CancellationToken cancellationToken) =>
        JudgeAsync(principal, id, tenant => store.ReopenAsync(tenant, id, principal.Name, cancellationToken), cancellationToken);

    private static Problem Missing(Guid id) => Problem.NotFound($"There is no error {id}.");

    private async Task<Result<ErrorGroup>> JudgeAsync(
        Principal principal, Guid id, Func<Guid, Task<ErrorRow?>> change, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.ScriptsUpdate);
        if (entered.Problem is { } refused) return refused;
        return await change(entered.Value) is { } row ? await WithTrendAsync(entered.Value, row, cancellationToken) : Missing(id);
    }

    /// <summary>Each hour that has begun in the last 24, those without a failure too.</summary>
    private async Task<ErrorGroup> WithTrendAsync(Guid tenantId, ErrorRow row, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var first = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero) - Trend + TimeSpan.FromHours(1);
        var found = await store.HoursAsync(tenantId, row.Id, first, cancellationToken);
        var hours = Enumerable.Range(0, (int)Trend.TotalHours).Select(n => first.AddHours(n));
        ErrorHour[] trend = [.. hours.Select(hour => new ErrorHour(hour, found.GetValueOrDefault(hour.UtcDateTime)))];
        return row.ToGroup() with { Trend = trend };
    }
}
