using Dapper;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Errors;

/// <summary>Removes groups that are old or too many, and hours that no trend shows. As the system.</summary>
internal sealed class ErrorSweepStore(Db db)
{
    /// <summary>Groups of a tenant that are kept.</summary>
    public const int KeptMax = 1_000;

    /// <param name="seenBefore">Groups that were last seen before this time go.</param>
    /// <param name="hoursBefore">Hours before this time go.</param>
    /// <param name="cancellationToken">The supervisor stops.</param>
    public async Task SweepAsync(DateTimeOffset seenBefore, DateTimeOffset hoursBefore, CancellationToken cancellationToken)
    {
        // A row that is being counted is neither old nor waited for, and so no order of locks is to be kept: it is skipped.
        const string old = """
            delete from sandbox.error_groups g
            using (select o.tenant_id, o.id from sandbox.error_groups o where o.last_at < @seenBefore for update skip locked) gone
            where g.tenant_id = gone.tenant_id and g.id = gone.id
            """;
        const string tooMany = """
            with ranked as (
                select r.tenant_id, r.id,
                    row_number() over (partition by r.tenant_id order by r.state <> 'open', r.last_at desc, r.id desc) as rank
                from sandbox.error_groups r
            ), gone as (
                select o.tenant_id, o.id
                from sandbox.error_groups o
                where (o.tenant_id, o.id) in (select r.tenant_id, r.id from ranked r where r.rank > @keptMax)
                for update skip locked
            )
            delete from sandbox.error_groups g using gone where g.tenant_id = gone.tenant_id and g.id = gone.id
            """;
        const string hours = """
            delete from sandbox.error_hours h
            using (
                select o.tenant_id, o.group_id, o.hour from sandbox.error_hours o where o.hour < @hoursBefore for update skip locked) gone
            where h.tenant_id = gone.tenant_id and h.group_id = gone.group_id and h.hour = gone.hour
            """;
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        var (seen, shown) = (seenBefore.UtcDateTime, hoursBefore.UtcDateTime);
        await connection.ExecuteAsync(new CommandDefinition(old, new { seenBefore = seen }, cancellationToken: cancellationToken));
        await connection.ExecuteAsync(new CommandDefinition(tooMany, new { keptMax = KeptMax }, cancellationToken: cancellationToken));
        await connection.ExecuteAsync(new CommandDefinition(hours, new { hoursBefore = shown }, cancellationToken: cancellationToken));
    }
}
