using Dapper;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.People;

/// <summary>Sessions of browsers, by the hash of their cookie.</summary>
internal sealed class SessionStore(Db db)
{
    /// <summary>Null where there is none, it is over, its person is disabled or its token is revoked or expired.</summary>
    /// <param name="usedAfter">Sessions that were last used earlier are over.</param>
    public async Task<StoredSession?> FindAsync(byte[] hash, DateTimeOffset now, DateTimeOffset usedAfter, CancellationToken cancellationToken)
    {
        const string sql = """
            select s.id, s.last_seen_at as LastSeenAt, s.person_id as PersonId, p.email, coalesce(p.superadmin, false) as Superadmin,
                s.token_id as TokenId, t.name as TokenName, t.tenant_id as TokenTenantId, t.permissions as TokenPermissions
            from sandbox.sessions s
            left join sandbox.people p on p.id = s.person_id
            left join sandbox.tokens t on t.id = s.token_id
            where s.hash = @hash and s.expires_at > @now and s.last_seen_at > @usedAfter and p.disabled_at is null
                and t.revoked_at is null and (t.expires_at is null or t.expires_at > @now)
            """;
        var parameters = new { hash, now = now.UtcDateTime, usedAfter = usedAfter.UtcDateTime };
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<StoredSession>(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
    }

    /// <summary>The oldest membership first.</summary>
    public async Task<IReadOnlyList<Membership>> MembershipsAsync(Guid personId, CancellationToken cancellationToken)
    {
        const string sql = """
            select m.tenant_id as TenantId, t.slug, t.name, m.role
            from sandbox.members m join sandbox.tenants t on t.id = m.tenant_id
            where m.person_id = @personId
            order by m.created_at, m.tenant_id
            """;
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        return (await connection.QueryAsync<Membership>(new CommandDefinition(sql, new { personId }, cancellationToken: cancellationToken))).AsList();
    }

    public async Task SeenAsync(Guid id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = "update sandbox.sessions set last_seen_at = @now where id = @id and last_seen_at < @now";
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(sql, new { id, now = now.UtcDateTime }, cancellationToken: cancellationToken));
    }

    /// <summary>Stores a new one and removes all that are over.</summary>
    public async Task InsertAsync(NewSession session, DateTimeOffset usedAfter, CancellationToken cancellationToken)
    {
        const string sql = """
            delete from sandbox.sessions where expires_at <= @now or last_seen_at <= @usedAfter;
            insert into sandbox.sessions (id, person_id, token_id, hash, created_at, last_seen_at, expires_at, user_agent, ip)
            values (@id, @personId, @tokenId, @hash, @now, @now, @expiresAt, @userAgent, @ip)
            """;
        var parameters = new
        {
            session.Id,
            session.PersonId,
            session.TokenId,
            session.Hash,
            now = session.CreatedAt.UtcDateTime,
            expiresAt = session.ExpiresAt.UtcDateTime,
            userAgent = StoredText.Encode(session.UserAgent),
            session.Ip,
            usedAfter = usedAfter.UtcDateTime,
        };
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
    }

    /// <summary>Those that hold, newest first.</summary>
    /// <param name="usedAfter">Sessions that were last used earlier are over.</param>
    public async Task<Page<OwnSession>> ListAsync(
        SessionOwner owner, Guid? current, DateTimeOffset now, DateTimeOffset usedAfter, PageRequest page, CancellationToken cancellationToken)
    {
        const string sql = """
            select id, created_at as CreatedAt, last_seen_at as LastSeenAt, user_agent as UserAgent, ip
            from sandbox.sessions
            where (person_id = @personId or token_id = @tokenId) and expires_at > @now and last_seen_at > @usedAfter
                and id < @before
            order by id desc
            limit @take
            """;
        var limit = Math.Clamp(page.Limit, 1, 200);
        var parameters = new
        {
            owner.PersonId,
            owner.TokenId,
            now = now.UtcDateTime,
            usedAfter = usedAfter.UtcDateTime,
            before = page.Cursor is null ? Guid.AllBitsSet : Cursor.ReadId(page.Cursor),
            take = limit + 1,
        };
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        var rows = (await connection.QueryAsync<Row>(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken))).AsList();
        var items = rows.Take(limit).Select(row => row.ToSession(current)).ToArray();
        return new Page<OwnSession>(items, rows.Count > limit ? Cursor.Of(items[^1].Id) : null);
    }

    /// <summary>False where the owner has no such session.</summary>
    public async Task<bool> EndAsync(SessionOwner owner, Guid id, CancellationToken cancellationToken)
    {
        const string sql = "delete from sandbox.sessions where id = @id and (person_id = @personId or token_id = @tokenId)";
        var parameters = new { id, owner.PersonId, owner.TokenId };
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken)) == 1;
    }

    public async Task DeleteAsync(byte[] hash, CancellationToken cancellationToken)
    {
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition("delete from sandbox.sessions where hash = @hash", new { hash }, cancellationToken: cancellationToken));
    }

    private sealed class Row
    {
        public required Guid Id { get; init; }
        public required DateTime CreatedAt { get; init; }
        public required DateTime LastSeenAt { get; init; }
        public string? UserAgent { get; init; }
        public string? Ip { get; init; }

        public OwnSession ToSession(Guid? current) => new()
        {
            Id = Id,
            CreatedAt = new DateTimeOffset(CreatedAt),
            LastSeenAt = new DateTimeOffset(LastSeenAt),
            UserAgent = StoredText.Decode(UserAgent),
            Ip = Ip,
            Current = Id == current,
        };
    }
}
