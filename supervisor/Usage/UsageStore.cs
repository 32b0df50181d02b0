using System.Globalization;
using Dapper;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Usage;

/// <summary>
/// Reads the usage of a tenant, as that tenant. The history writer adds to it, in the transaction that stores the executions.
/// </summary>
internal sealed class UsageStore(Db db)
{
    private const string Format = "yyyy-MM-dd";

    /// <summary>The newest day first.</summary>
    /// <exception cref="UnreadableCursorException">The cursor is none of this list.</exception>
    public async Task<Page<UsageDay>> ListAsync(Guid tenantId, UsageFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        const string sql = """
            select u.day, u.executions, u.failures, u.cpu_ms as CpuMs, u.duration_ms as DurationMs, u.calls, u.call_bytes as CallBytes
            from sandbox.usage u
            where u.tenant_id = @tenantId
              and (@from::date is null or u.day >= @from)
              and (@to::date is null or u.day <= @to)
              and (@before::date is null or u.day < @before)
            order by u.day desc
            limit @take
            """;
        var before = page.Cursor is null ? (DateOnly?)null : ReadDay(page.Cursor);
        var limit = Math.Clamp(page.Limit, 1, 200);
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        var parameters = new { tenantId, from = filter.From, to = filter.To, before, take = limit + 1 };
        var rows = (await transaction.Connection.QueryAsync<UsageDay>(
            new CommandDefinition(sql, parameters, cancellationToken: cancellationToken))).AsList();
        var items = rows.Take(limit).ToArray();
        return new Page<UsageDay>(items, rows.Count > limit ? After(items[^1].Day) : null);
    }

    private static string After(DateOnly day) => Cursor.Of(day.ToString(Format, CultureInfo.InvariantCulture));

    private static DateOnly ReadDay(string cursor) =>
        DateOnly.TryParseExact(Cursor.ReadKey(cursor), Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : throw new UnreadableCursorException();
}
