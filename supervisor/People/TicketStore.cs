using Dapper;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.People;

/// <summary>Tickets from the first to the second step of the sign-in, by the hash of their cookie.</summary>
internal sealed class TicketStore(Db db)
{
    /// <summary>Stores a new one and removes all that are over.</summary>
    public async Task InsertAsync(
        byte[] hash, Guid personId, DateTimeOffset now, DateTimeOffset expiresAt, CancellationToken cancellationToken)
    {
        const string sql = """
            delete from sandbox.sign_in_tickets where expires_at <= @now;
            insert into sandbox.sign_in_tickets (hash, person_id, expires_at) values (@hash, @personId, @expiresAt)
            """;
        var parameters = new { hash, personId, now = now.UtcDateTime, expiresAt = expiresAt.UtcDateTime };
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
    }

    public async Task<bool> ExistsAsync(byte[] hash, DateTimeOffset now, int attemptsMax, CancellationToken cancellationToken)
    {
        const string sql = """
            select exists (select from sandbox.sign_in_tickets where hash = @hash and expires_at > @now and attempts < @attemptsMax)
            """;
        var parameters = new { hash, now = now.UtcDateTime, attemptsMax };
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<bool>(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
    }

    /// <summary>Counts an attempt. Null where there is no such ticket, it is over or used up, or its person is disabled.</summary>
    public async Task<SignInTicket?> TakeAttemptAsync(byte[] hash, DateTimeOffset now, int attemptsMax, CancellationToken cancellationToken)
    {
        const string sql = """
            update sandbox.sign_in_tickets t set attempts = t.attempts + 1
            from sandbox.people p
            where t.hash = @hash and t.expires_at > @now and t.attempts < @attemptsMax and p.id = t.person_id and p.disabled_at is null
            returning p.id as PersonId, p.email
            """;
        var parameters = new { hash, now = now.UtcDateTime, attemptsMax };
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<SignInTicket>(
            new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
    }

    /// <summary>False where there is none. Of two at once one is true.</summary>
    public async Task<bool> DeleteAsync(byte[] hash, CancellationToken cancellationToken)
    {
        const string sql = "delete from sandbox.sign_in_tickets where hash = @hash";
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteAsync(new CommandDefinition(sql, new { hash }, cancellationToken: cancellationToken)) == 1;
    }
}
