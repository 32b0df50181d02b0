using Dapper;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.People;

/// <summary>Secrets and recovery codes of the two-step sign-in.</summary>
internal sealed class TotpStore(Db db)
{
    /// <summary>Null where nothing was begun.</summary>
    public async Task<StoredTotp?> FindAsync(Guid personId, CancellationToken cancellationToken)
    {
        const string sql = "select secret, confirmed_at is not null as IsOn from sandbox.totp where person_id = @personId";
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<StoredTotp>(
            new CommandDefinition(sql, new { personId }, cancellationToken: cancellationToken));
    }

    /// <summary>False, and nothing is done, where it is on.</summary>
    public async Task<bool> BeginAsync(Guid personId, byte[] secret, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into sandbox.totp as t (person_id, secret, begun_at) values (@personId, @secret, @now)
            on conflict (person_id) do update set secret = excluded.secret, begun_at = excluded.begun_at
            where t.confirmed_at is null
            """;
        var parameters = new { personId, secret, now = now.UtcDateTime };
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken)) == 1;
    }

    /// <summary>False, and nothing is done, where it is on, or the secret is another one by now.</summary>
    public async Task<bool> ConfirmAsync(
        Guid personId, byte[] secret, long step, byte[][] recoveryHashes, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            with confirmed as (
                update sandbox.totp set confirmed_at = @now, last_step = @step
                where person_id = @personId and confirmed_at is null and secret = @secret
                returning person_id),
            added as (
                insert into sandbox.recovery_codes (person_id, hash)
                select c.person_id, h.hash from confirmed c, unnest(@recoveryHashes) as h (hash))
            select exists (select from confirmed)
            """;
        var parameters = new { personId, secret, step, recoveryHashes, now = now.UtcDateTime };
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<bool>(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
    }

    /// <summary>False where it is off, or a code of this step or a later one was taken. Of two at once one is true.</summary>
    public async Task<bool> UseStepAsync(Guid personId, long step, CancellationToken cancellationToken)
    {
        const string sql = """
            update sandbox.totp set last_step = @step
            where person_id = @personId and confirmed_at is not null and last_step < @step
            """;
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteAsync(new CommandDefinition(sql, new { personId, step }, cancellationToken: cancellationToken)) == 1;
    }

    /// <summary>False where there is no such code. Of two at once one is true.</summary>
    public async Task<bool> UseRecoveryCodeAsync(Guid personId, byte[] hash, CancellationToken cancellationToken)
    {
        const string sql = "delete from sandbox.recovery_codes where person_id = @personId and hash = @hash";
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteAsync(new CommandDefinition(sql, new { personId, hash }, cancellationToken: cancellationToken)) == 1;
    }

    /// <summary>Puts new codes in the place of the former ones. False where it is off.</summary>
    public async Task<bool> RenewAsync(Guid personId, byte[][] recoveryHashes, CancellationToken cancellationToken)
    {
        // The row's lock lets one renewal after the other through, so that there are never the codes of both.
        const string lockOne = "select true from sandbox.totp where person_id = @personId and confirmed_at is not null for update";
        const string renew = """
            delete from sandbox.recovery_codes where person_id = @personId;
            insert into sandbox.recovery_codes (person_id, hash) select @personId, h.hash from unnest(@recoveryHashes) as h (hash)
            """;
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var locked = new CommandDefinition(lockOne, new { personId }, cancellationToken: cancellationToken);
        if (!await connection.ExecuteScalarAsync<bool>(locked)) return false;
        await connection.ExecuteAsync(new CommandDefinition(renew, new { personId, recoveryHashes }, cancellationToken: cancellationToken));
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>Switches it off. False where it is off; what was begun alone is removed too.</summary>
    public async Task<bool> DeleteAsync(Guid personId, CancellationToken cancellationToken)
    {
        const string sql = """
            with gone as (delete from sandbox.totp where person_id = @personId returning confirmed_at),
            tickets as (delete from sandbox.sign_in_tickets where person_id = @personId)
            select exists (select from gone where confirmed_at is not null)
            """;
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<bool>(
            new CommandDefinition(sql, new { personId }, cancellationToken: cancellationToken));
    }
}
