using Dapper;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.People;

/// <summary>Accounts of people.</summary>
internal sealed class PersonStore(Db db)
{
    /// <summary>By the normal form of the e-mail; null where there is none.</summary>
    public async Task<Person?> FindAsync(string email, CancellationToken cancellationToken)
    {
        const string sql = """
            select id, email, password_hash as PasswordHash, superadmin, disabled_at is not null as Disabled from sandbox.people where email = @email
            """;
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<Person>(new CommandDefinition(sql, new { email }, cancellationToken: cancellationToken));
    }

    /// <summary>Null where there is none.</summary>
    public async Task<Account?> GetAsync(Guid id, CancellationToken cancellationToken)
    {
        const string sql = """
            select p.id, p.email, p.name, t.confirmed_at as TotpSince,
                (select count(*) from sandbox.recovery_codes c where c.person_id = p.id) as RecoveryCodesLeft
            from sandbox.people p left join sandbox.totp t on t.person_id = p.id
            where p.id = @id
            """;
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        return (await connection.QuerySingleOrDefaultAsync<AccountRow>(
            new CommandDefinition(sql, new { id }, cancellationToken: cancellationToken)))?.ToAccount();
    }

    /// <summary>Null where there is none.</summary>
    public async Task<string?> PasswordHashAsync(Guid id, CancellationToken cancellationToken)
    {
        const string sql = "select password_hash from sandbox.people where id = @id";
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<string?>(new CommandDefinition(sql, new { id }, cancellationToken: cancellationToken));
    }

    /// <summary>Ends the person's sessions but one. False, and nothing is done, where the password is another one by now.</summary>
    /// <param name="keptSession">Null: all end.</param>
    public async Task<bool> ChangePasswordAsync(
        Guid id, string oldHash, string newHash, Guid? keptSession, CancellationToken cancellationToken)
    {
        const string sql = """
            with changed as (
                update sandbox.people
                set password_hash = @newHash, failed_sign_ins = 0, locked_until = null, updated_at = clock_timestamp()
                where id = @id and password_hash = @oldHash
                returning id),
            awaited as (delete from sandbox.sign_in_tickets t using changed where t.person_id = changed.id),
            ended as (
                delete from sandbox.sessions s using changed
                where s.person_id = changed.id and (@keptSession::uuid is null or s.id <> @keptSession))
            select exists (select from changed)
            """;
        var parameters = new { id, oldHash, newHash, keptSession };
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<bool>(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
    }

    /// <summary>
    /// Counts an attempt before its password is looked at, so that attempts at once are not more than attempts one by one.
    /// <see cref="ForgetAttemptsAsync"/> takes it back.
    /// </summary>
    public async Task<SignInAttempt> CountAttemptAsync(Guid id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string count = """
            update sandbox.people
            set failed_sign_ins = failed_sign_ins % @attempts + 1,
                locked_until = case when failed_sign_ins % @attempts + 1 = @attempts then @until end
            where id = @id and (locked_until is null or locked_until <= @now)
            returning true as IsAdmitted, locked_until as LockedUntil
            """;
        const string locked = "select false as IsAdmitted, locked_until as LockedUntil from sandbox.people where id = @id";
        var parameters = new { id, attempts = Lockout.Attempts, now = now.UtcDateTime, until = (now + Lockout.Duration).UtcDateTime };
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<AttemptRow>(new CommandDefinition(count, parameters, cancellationToken: cancellationToken))
            ?? await connection.QuerySingleOrDefaultAsync<AttemptRow>(new CommandDefinition(locked, new { id }, cancellationToken: cancellationToken));
        return row is null ? default : new SignInAttempt(row.IsAdmitted, row.LockedUntil is { } until ? new DateTimeOffset(until) : null);
    }

    /// <summary>
    /// The right password ends the row of wrong ones, unless a code is asked for: it takes back its own attempt alone then, or whoever
    /// knows the password could try codes without end.
    /// </summary>
    /// <returns>Whether a code is asked for.</returns>
    public async Task<bool> PassedPasswordAsync(Guid id, CancellationToken cancellationToken)
    {
        const string sql = """
            select exists (select from sandbox.totp where person_id = @id and confirmed_at is not null)
            """;
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        var needsCode = await connection.ExecuteScalarAsync<bool>(
            new CommandDefinition(sql, new { id }, cancellationToken: cancellationToken));
        await (needsCode ? TakeBackAttemptAsync(id, cancellationToken) : ForgetAttemptsAsync(id, cancellationToken));
        return needsCode;
    }

    /// <summary>A sign-in ends the row of wrong passwords and codes.</summary>
    public async Task ForgetAttemptsAsync(Guid id, CancellationToken cancellationToken)
    {
        const string sql = "update sandbox.people set failed_sign_ins = 0, locked_until = null where id = @id";
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(sql, new { id }, cancellationToken: cancellationToken));
    }

    /// <summary>Takes one attempt back, and the lock that it would have left. Wrong ones before it stay counted.</summary>
    public async Task TakeBackAttemptAsync(Guid id, CancellationToken cancellationToken)
    {
        const string sql = """
            update sandbox.people
            set failed_sign_ins = greatest(failed_sign_ins - 1, 0),
                locked_until = case when failed_sign_ins = @attempts then null else locked_until end
            where id = @id
            """;
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(sql, new { id, attempts = Lockout.Attempts }, cancellationToken: cancellationToken));
    }

    /// <summary>False where the e-mail is taken.</summary>
    public async Task<bool> InsertSuperadminAsync(Guid id, string email, string name, string passwordHash, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into sandbox.people (id, email, name, password_hash, superadmin)
            values (@id, @email, @name, @passwordHash, true)
            on conflict (email) do nothing
            """;
        var parameters = new { id, email, name = StoredText.Encode(name), passwordHash };
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken)) == 1;
    }

    /// <summary>Whether a one-time link has this hash and still works.</summary>
    public async Task<bool> HasLinkAsync(byte[] hash, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = "select exists (select from sandbox.people where link_hash = @hash and link_expires_at > @now)";
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<bool>(new CommandDefinition(sql, new { hash, now = now.UtcDateTime }, cancellationToken: cancellationToken));
    }

    /// <summary>False where the link does not work.</summary>
    public async Task<bool> UseLinkAsync(byte[] hash, DateTimeOffset now, string passwordHash, CancellationToken cancellationToken)
    {
        const string sql = """
            update sandbox.people
            set password_hash = @passwordHash, link_hash = null, link_expires_at = null, failed_sign_ins = 0, locked_until = null,
                updated_at = clock_timestamp()
            where link_hash = @hash and link_expires_at > @now
            """;
        var parameters = new { hash, now = now.UtcDateTime, passwordHash };
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken)) == 1;
    }

    private sealed class AccountRow
    {
        public required Guid Id { get; init; }
        public required string Email { get; init; }
        public required string Name { get; init; }
        public DateTime? TotpSince { get; init; }
        public required long RecoveryCodesLeft { get; init; }

        public Account ToAccount() => new(Id, Email, StoredText.Decode(Name)!)
        {
            TotpSince = TotpSince is { } since ? new DateTimeOffset(since) : null,
            RecoveryCodesLeft = (int)RecoveryCodesLeft,
        };
    }

    private sealed class AttemptRow
    {
        public required bool IsAdmitted { get; init; }
        public DateTime? LockedUntil { get; init; }
    }
}
