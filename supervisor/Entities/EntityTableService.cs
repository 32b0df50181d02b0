using Npgsql;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Entities;

/// <inheritdoc cref="IEntityTables" />
internal sealed class EntityTableService(
    Db db, BusinessTableStore tables, EntityTableStore registered, EntityOpening opening, ILogger<EntityTableService> logger)
    : IEntityTables
{
    public async Task<Result<Page<EntityTable>>> ListAsync(
        Principal principal, EntityTableFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        if (principal.Enter(Permissions.SettingsManage).Problem is { } refused) return refused;
        if (opening.DatabaseProblem(filter.Database) is { } unknown) return unknown;
        if (filter.Text is { } text && !Text.IsStorable(text)) return new Page<EntityTable>([], null);
        var known = await registered.ListAsync(filter.Database, cancellationToken);
        // Others than superadmins are not even read what the rule would refuse them.
        var among = principal.Superadmin ? null : known.Keys.Select(name => name.ToString()).ToArray();
        try
        {
            var found = await tables.ListAsync(filter.Database, among, filter.Text, page, cancellationToken);
            var items = found.Items
                .Where(table => IsOpenable(principal, table, known.GetValueOrDefault(NameOf(table))))
                .Select(table => TableDescription.Of(table, known.GetValueOrDefault(NameOf(table))));
            return new Page<EntityTable>([.. items], found.NextCursor);
        }
        catch (NpgsqlException e) when (filter.Database is not null)
        {
            EntitiesLog.DatabaseUnreachable(logger, filter.Database, e);
            return EntityOpening.Unreachable(filter.Database);
        }
    }

    public async Task<Result<EntityTable>> GetAsync(
        Principal principal, string? database, string table, CancellationToken cancellationToken)
    {
        if (principal.Enter(Permissions.SettingsManage).Problem is { } refused) return refused;
        var missing = Problem.NotFound($"There is no table '{table}' that an entity may name.");
        var name = TableName.Parse(table);
        if (name.Problem is not null || opening.DatabaseProblem(database) is not null) return missing;
        var registration = await registered.FindAsync(database, name.Value, cancellationToken);
        if (!EntityTableRules.MayName(principal, registration)) return missing;
        try
        {
            return await tables.FindAsync(database, name.Value, cancellationToken) is { } found
                ? TableDescription.Of(found, registration)
                : missing;
        }
        catch (NpgsqlException e) when (database is not null)
        {
            EntitiesLog.DatabaseUnreachable(logger, database, e);
            return EntityOpening.Unreachable(database);
        }
    }

    public Task<Result<IReadOnlyList<string>>> DatabasesAsync(Principal principal, CancellationToken cancellationToken)
    {
        Result<IReadOnlyList<string>> names = principal.Enter(Permissions.SettingsManage).Problem is { } refused
            ? refused
            : db.Databases.Order(StringComparer.Ordinal).ToArray();
        return Task.FromResult(names);
    }

    private static bool IsOpenable(Principal principal, BusinessTable table, RegisteredTable? registration) =>
        TableName.Parse(NameOf(table).ToString()).Problem is null && EntityTableRules.MayName(principal, registration);

    private static TableName NameOf(BusinessTable table) => new(table.Schema, table.Name);
}
