using Npgsql;

namespace Sandbox.Supervisor.Database;

/// <summary>Makes the roles and the schema where they are missing and the login may make them; says in one sentence what is lacking where it may not.</summary>
internal static class RoleSetup
{
    /// <param name="connection">Whoever may make roles; with an external PostgreSQL that is <paramref name="login"/> itself.</param>
    /// <param name="login">Who works as the roles.</param>
    public static async Task EnsureAsync(NpgsqlConnection connection, string login, CancellationToken cancellationToken)
    {
        for (var attemptsLeft = 5; ; attemptsLeft--)
        {
            try
            {
                await TryAsync(connection, login, cancellationToken);
                return;
            }
            catch (PostgresException e) when (attemptsLeft > 1 && e.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DuplicateObject or PostgresErrorCodes.InternalError)
            {
                // DatabaseRoles are the whole server's, our lock is this database's: another of our databases was faster.
            }
        }
    }

    private static async Task TryAsync(NpgsqlConnection connection, string login, CancellationToken cancellationToken)
    {
        // Two supervisors may start at once; the lock ends with the transaction.
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, "select pg_advisory_xact_lock(hashtextextended('sandbox roles', 0))", cancellationToken);
        foreach (var role in DatabaseRoles.All)
        {
            if (!await IsTrueAsync(connection, $"select exists (select from pg_roles where rolname = '{role}')", cancellationToken))
            {
                await DoAsync(connection, $"create role {role} nologin noinherit nosuperuser nocreatedb nocreaterole noreplication nobypassrls",
                    $"make the role {role} (give the login CREATEROLE, or make {string.Join(", ", DatabaseRoles.All)} NOLOGIN and grant them to it)", login, cancellationToken);
            }

            if (await IsTrueAsync(connection, $"select rolsuper or rolbypassrls from pg_roles where rolname = '{role}'", cancellationToken))
                throw new DatabaseException($"The role {role} is a superuser or bypasses row-level security: alter role {role} nosuperuser nobypassrls.");

            if (!await IsTrueAsync(connection, $"select exists (select from pg_auth_members m join pg_roles r on r.oid = m.roleid join pg_roles u on u.oid = m.member where r.rolname = '{role}' and u.rolname = {Literal(login)})", cancellationToken)
                && !await IsTrueAsync(connection, $"select rolsuper from pg_roles where rolname = {Literal(login)}", cancellationToken))
            {
                await DoAsync(connection, $"grant {role} to {Identifier(login)}", $"work as {role} (grant {role} to {Identifier(login)})", login, cancellationToken);
            }
        }

        if (!await IsTrueAsync(connection, "select exists (select from pg_namespace where nspname = 'sandbox')", cancellationToken))
            await DoAsync(connection, "create schema sandbox authorization sandbox_owner", "make the schema sandbox (create schema sandbox authorization sandbox_owner, or grant create on the database)", login, cancellationToken);
        if (!await IsTrueAsync(connection, "select pg_get_userbyid(nspowner) = 'sandbox_owner' from pg_namespace where nspname = 'sandbox'", cancellationToken))
            throw new DatabaseException("The schema sandbox belongs to another role: alter schema sandbox owner to sandbox_owner.");
        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task DoAsync(NpgsqlConnection connection, string sql, string what, string login, CancellationToken cancellationToken)
    {
        try
        {
            await ExecuteAsync(connection, sql, cancellationToken);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new DatabaseException($"The login {login} of Sandbox:Database:ConnectionString may not {what}.", e);
        }
    }

    private static async Task<bool> IsTrueAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string Identifier(string name) => "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";

    private static string Literal(string name) => "'" + name.Replace("'", "''", StringComparison.Ordinal) + "'";
}
