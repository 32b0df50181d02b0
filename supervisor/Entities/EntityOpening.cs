using Npgsql;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Entities;

/// <summary>Reads what an entity's rules ask for, and applies them.</summary>
internal sealed class EntityOpening(Db db, BusinessTableStore tables, EntityTableStore registered, ILogger<EntityOpening> logger)
{
    /// <summary>The entity as statements are built from it; 422 by field where it does not fit its table; 503 where its database cannot be reached.</summary>
    public async Task<Result<OpenedEntity>> OpenAsync(Entity entity, CancellationToken cancellationToken)
    {
        var name = TableName.Parse(entity.Table);
        if (name.Problem is { } closed) return closed;
        if (DatabaseProblem(entity.Database) is { } unknown) return unknown;

        try
        {
            if (await tables.FindAsync(entity.Database, name.Value, cancellationToken) is not { } table)
                return Problem.Invalid(new FieldError("table", $"{entity.Table} does not exist as a table, view or foreign table; write its names as PostgreSQL's catalog has them"));
            return EntityTableRules.Open(entity, table, await ReferencedAsync(entity, table, cancellationToken));
        }
        catch (NpgsqlException e) when (entity.Database is not null)
        {
            EntitiesLog.DatabaseUnreachable(logger, entity.Database, e);
            return Unreachable(entity.Database);
        }
    }

    /// <summary>422 where no database of this name is configured; else null.</summary>
    public Problem? DatabaseProblem(string? database)
    {
        if (db.Data(database) is not null) return null;
        var known = string.Join(", ", db.Databases.Order(StringComparer.Ordinal)) is { Length: > 0 } names ? $"there are {names}" : "there is none";
        return Problem.Invalid(
            new FieldError("database", $"'{database}' is no name of {NamedDatabaseOptions.Root}; {known}; null is the supervisor's own"));
    }

    public static Problem Unreachable(string database) =>
        new(503, Codes.Overloaded, $"The database '{database}' cannot be reached; its administrator finds the reason in its log.") { RetryAfterSeconds = 10 };

    private async Task<IReadOnlyDictionary<TableName, ReferencedTable>> ReferencedAsync(Entity entity, BusinessTable table, CancellationToken cancellationToken)
    {
        var found = new Dictionary<TableName, ReferencedTable>();
        foreach (var key in table.ForeignKeys.Where(key => key.Columns.Any(column => entity.Fields.GetValueOrDefault(column) is { Write: true })))
        {
            var name = new TableName(key.Schema, key.Table);
            if (found.ContainsKey(name) || await tables.FindAsync(entity.Database, name, cancellationToken) is not { } target) continue;
            var registration = await registered.FindAsync(entity.Database, name, cancellationToken);
            found.Add(name, new ReferencedTable(target, registration is not null, registration?.TenantColumn));
        }

        return found;
    }
}
