using Dapper;
using Npgsql;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.People;

/// <summary>Members of tenants, with their people.</summary>
internal sealed class MemberStore(Db db)
{
    private const string Columns = """
        select p.id, p.email, p.name, m.role, p.password_hash is not null as HasPassword, m.created_at as CreatedAt,
            exists (select from sandbox.totp t where t.person_id = p.id and t.confirmed_at is not null) as Totp
        from sandbox.members m join sandbox.people p on p.id = m.person_id
        where m.tenant_id = @tenantId

        """;

    public async Task<Page<Member>> ListAsync(Guid tenantId, PageRequest page, CancellationToken cancellationToken)
    {
        var before = page.Cursor is null ? Guid.AllBitsSet : Cursor.ReadId(page.Cursor);
        var limit = Math.Clamp(page.Limit, 1, 200);
        const string sql = Columns + "and m.person_id < @before order by m.person_id desc limit @take";
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        var rows = (await connection.QueryAsync<Row>(
            new CommandDefinition(sql, new { tenantId, before, take = limit + 1 }, cancellationToken: cancellationToken))).AsList();
        var items = rows.Take(limit).Select(row => row.ToMember()).ToArray();
        return new Page<Member>(items, rows.Count > limit ? Cursor.Of(items[^1].Id) : null);
    }

    public async Task<Member?> GetAsync(Guid tenantId, Guid id, CancellationToken cancellationToken)
    {
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        return await OneAsync(connection, tenantId, id, cancellationToken);
    }

    /// <summary>
    /// Makes the person, unless the e-mail has an account: that one becomes the member, with its own id, where it may be added. It may not by an
    /// admin of one tenant: who made an account may know its password, and would enter every tenant that trusts the e-mail.
    /// </summary>
    public async Task<Result<Member>> CreateAsync(
        Guid tenantId, Member member, NewLink link, bool mayAddKnown, CancellationToken cancellationToken)
    {
        const string person = """
            insert into sandbox.people (id, email, name, link_hash, link_expires_at)
            values (@id, @email, @name, @hash, @expiresAt)
            on conflict (email) do nothing
            """;
        const string known = "select id from sandbox.people where email = @email";
        const string membership = """
            insert into sandbox.members (tenant_id, person_id, role, created_at) values (@tenantId, @id, @role, @createdAt)
            on conflict do nothing
            """;
        var values = new { member.Id, member.Email, name = StoredText.Encode(member.Name), link.Hash, expiresAt = link.ExpiresAt.UtcDateTime };
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var id = member.Id;
        if (await connection.ExecuteAsync(new CommandDefinition(person, values, cancellationToken: cancellationToken)) == 0)
        {
            id = await connection.ExecuteScalarAsync<Guid>(new CommandDefinition(known, new { member.Email }, cancellationToken: cancellationToken));
            if (!mayAddKnown && await OneAsync(connection, tenantId, id, cancellationToken) is null)
                return Taken("There is an account with this e-mail already; a superadmin can add it.");
        }

        var row = new { tenantId, id, member.Role, createdAt = member.CreatedAt.UtcDateTime };
        if (await connection.ExecuteAsync(new CommandDefinition(membership, row, cancellationToken: cancellationToken)) == 0)
            return Taken("This person is a member already.");
        var made = await OneAsync(connection, tenantId, id, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return made!;
    }

    public async Task<Result<Member>> SetRoleAsync(Guid tenantId, Guid id, string role, CancellationToken cancellationToken)
    {
        const string sql = "update sandbox.members set role = @role where tenant_id = @tenantId and person_id = @id";
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await RefusalAsync(connection, tenantId, id, leavesAdmin: role == Roles.Admin, cancellationToken) is { } refused) return refused;
        await connection.ExecuteAsync(new CommandDefinition(sql, new { tenantId, id, role }, cancellationToken: cancellationToken));
        var changed = await OneAsync(connection, tenantId, id, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return changed!;
    }

    public async Task<Result<bool>> RemoveAsync(Guid tenantId, Guid id, CancellationToken cancellationToken)
    {
        const string sql = """
            select id from sandbox.people where id = @id for update;
            delete from sandbox.members where tenant_id = @tenantId and person_id = @id;
            delete from sandbox.people p where p.id = @id and not p.superadmin and not exists (select from sandbox.members m where m.person_id = p.id)
            """;
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await RefusalAsync(connection, tenantId, id, leavesAdmin: false, cancellationToken) is { } refused) return refused;
        await connection.ExecuteAsync(new CommandDefinition(sql, new { tenantId, id }, cancellationToken: cancellationToken));
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>404; 409 where it is off, or the person is not this tenant's alone and only such may be reset.</summary>
    public async Task<Result<bool>> ResetTotpAsync(Guid tenantId, Guid id, bool mayAny, CancellationToken cancellationToken)
    {
        // The lock keeps the person out of other tenants meanwhile.
        const string elsewhere = """
            select p.superadmin or exists (select from sandbox.members o where o.person_id = p.id and o.tenant_id <> @tenantId)
            from sandbox.people p join sandbox.members m on m.person_id = p.id
            where p.id = @id and m.tenant_id = @tenantId
            for update of p
            """;
        const string tickets = "delete from sandbox.sign_in_tickets where person_id = @id";
        const string reset = "delete from sandbox.totp where person_id = @id and confirmed_at is not null";
        var parameters = new { tenantId, id };
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var found = await connection.ExecuteScalarAsync<bool?>(
            new CommandDefinition(elsewhere, parameters, cancellationToken: cancellationToken));
        if (found is not { } isElsewhere) return MemberService.Missing(id);
        if (isElsewhere && !mayAny)
            return new Problem(409, Codes.Conflict, "This person does not belong to this tenant alone; a superadmin can reset it.");
        await connection.ExecuteAsync(new CommandDefinition(tickets, parameters, cancellationToken: cancellationToken));
        if (await connection.ExecuteAsync(new CommandDefinition(reset, parameters, cancellationToken: cancellationToken)) == 0)
            return new Problem(409, Codes.Conflict, "The two-step sign-in of this person is off.");
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private static Problem Taken(string detail) => new(409, Codes.Conflict, detail) { Errors = [new FieldError("email", "is taken")] };

    /// <summary>404, or 409 for the last admin. Locks the tenant, so that two admins cannot remove each other at once.</summary>
    private static async Task<Problem?> RefusalAsync(
        NpgsqlConnection connection, Guid tenantId, Guid id, bool leavesAdmin, CancellationToken cancellationToken)
    {
        const string lockTenant = "select id from sandbox.tenants where id = @tenantId for no key update";
        const string others = """
            select count(*) from sandbox.members m join sandbox.people p on p.id = m.person_id
            where m.tenant_id = @tenantId and m.person_id <> @id and m.role = 'admin' and p.disabled_at is null
            """;
        await connection.ExecuteAsync(new CommandDefinition(lockTenant, new { tenantId }, cancellationToken: cancellationToken));
        if (await OneAsync(connection, tenantId, id, cancellationToken) is not { } member) return MemberService.Missing(id);
        if (member.Role != Roles.Admin || leavesAdmin) return null;
        var left = await connection.ExecuteScalarAsync<long>(new CommandDefinition(others, new { tenantId, id }, cancellationToken: cancellationToken));
        return left > 0 ? null : new Problem(409, Codes.Conflict, "This is the tenant's last admin. Make another member an admin first.");
    }

    private static async Task<Member?> OneAsync(NpgsqlConnection connection, Guid tenantId, Guid id, CancellationToken cancellationToken) =>
        (await connection.QuerySingleOrDefaultAsync<Row>(
            new CommandDefinition(Columns + "and m.person_id = @id", new { tenantId, id }, cancellationToken: cancellationToken)))?.ToMember();

    private sealed class Row
    {
        public required Guid Id { get; init; }
        public required string Email { get; init; }
        public required string Name { get; init; }
        public required string Role { get; init; }
        public required bool HasPassword { get; init; }
        public required bool Totp { get; init; }
        public required DateTime CreatedAt { get; init; }

        public Member ToMember() => new()
        {
            Id = Id,
            Email = Email,
            Name = StoredText.Decode(Name)!,
            Role = Role,
            HasPassword = HasPassword,
            Totp = Totp,
            CreatedAt = new DateTimeOffset(CreatedAt),
        };
    }
}
