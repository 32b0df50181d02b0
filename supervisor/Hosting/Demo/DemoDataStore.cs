using System.Reflection;
using Npgsql;

namespace Sandbox.Supervisor.Hosting.Demo;

/// <summary>The schema <c>demo</c>: made once with its rows; whatever its users changed or dropped stays so.</summary>
internal static class DemoDataStore
{
    /// <summary>False where the schema is there already.</summary>
    /// <param name="connection">Whoever may make schemas and work as the owner.</param>
    /// <param name="tenants">Those that get rows.</param>
    /// <exception cref="PostgresException">It may not.</exception>
    public static async Task<bool> MakeAsync(NpgsqlConnection connection, IReadOnlyList<Guid> tenants, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // Two supervisors may start at once: the second waits here, and finds the schema.
        await ExecuteAsync(connection, "select pg_advisory_xact_lock(hashtextextended('sandbox demo', 0))", [], cancellationToken);
        await using (var exists = new NpgsqlCommand("select exists (select from pg_catalog.pg_namespace where nspname = 'demo')", connection))
        {
            if (await exists.ExecuteScalarAsync(cancellationToken) is true) return false;
        }

        await ExecuteAsync(connection, "create schema demo authorization sandbox_owner", [], cancellationToken);
        await ExecuteAsync(connection, "set local role sandbox_owner", [], cancellationToken);
        await ExecuteAsync(connection, Text("Schema"), [], cancellationToken);
        foreach (var (place, tenant) in tenants.Index())
        {
            await ExecuteAsync(
                connection, Text("Rows"), [new NpgsqlParameter<Guid> { TypedValue = tenant }, new NpgsqlParameter<int> { TypedValue = place }], cancellationToken);
        }

        await ExecuteAsync(connection, Text("Policies"), [], cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddRange(parameters);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string Text(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"Sandbox.Supervisor.Hosting.Demo.{name}.sql")
            ?? throw new InvalidOperationException($"The build left out Hosting/Demo/{name}.sql.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
