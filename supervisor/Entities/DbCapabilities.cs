using System.Globalization;
using Sandbox.Supervisor.Broker;

namespace Sandbox.Supervisor.Entities;

internal sealed class DbFind(IEntityCatalog catalog, DataAccess data) : DbCapability("find", AllowedOperations.Read, catalog, data)
{
    protected override async Task<string?> CallAsync(BrokerCall call, OpenedEntity entity, long? transaction, CancellationToken cancellationToken)
    {
        var statements = new EntityStatements(call, entity);
        // One more than is given, to know whether there are more.
        var statement = statements.Find(call.Argument(2), EntityStatements.RowsMax + 1);
        var (json, rows) = await Data.RowsAsync(call, entity, transaction, statements, statement, cancellationToken);
        if (rows > EntityStatements.RowsMax) throw call.Refused("ROW_LIMIT", $"more than {EntityStatements.RowsMax} rows of {entity.Name} match. Narrow where, or ask for pages by limit and offset");
        call.Count(rows);
        return json;
    }
}

internal sealed class DbFindOne(IEntityCatalog catalog, DataAccess data) : DbCapability("findOne", AllowedOperations.Read, catalog, data)
{
    protected override async Task<string?> CallAsync(BrokerCall call, OpenedEntity entity, long? transaction, CancellationToken cancellationToken)
    {
        var statements = new EntityStatements(call, entity);
        var (json, rows) = await Data.RowsAsync(call, entity, transaction, statements, statements.Find(call.Argument(2), 1), cancellationToken);
        call.Count(rows);
        return DbAnswer.First(json, rows);
    }
}

internal sealed class DbGet(IEntityCatalog catalog, DataAccess data) : DbCapability("get", AllowedOperations.Read, catalog, data)
{
    protected override async Task<string?> CallAsync(BrokerCall call, OpenedEntity entity, long? transaction, CancellationToken cancellationToken)
    {
        var statements = new EntityStatements(call, entity);
        var (json, rows) = await Data.RowsAsync(call, entity, transaction, statements, statements.Get(Given(call, 2, "id")), cancellationToken);
        call.Count(rows);
        return DbAnswer.First(json, rows);
    }
}

internal sealed class DbCount(IEntityCatalog catalog, DataAccess data) : DbCapability("count", AllowedOperations.Read, catalog, data)
{
    protected override async Task<string?> CallAsync(BrokerCall call, OpenedEntity entity, long? transaction, CancellationToken cancellationToken)
    {
        var statements = new EntityStatements(call, entity);
        return await Data.ScalarAsync(call, entity, transaction, statements, statements.Count(call.Argument(2)), cancellationToken);
    }
}

internal sealed class DbInsert(IEntityCatalog catalog, DataAccess data) : DbCapability("insert", AllowedOperations.Insert, catalog, data)
{
    protected override async Task<string?> CallAsync(BrokerCall call, OpenedEntity entity, long? transaction, CancellationToken cancellationToken)
    {
        var statements = new EntityStatements(call, entity);
        var rows = new EntityArguments(call, entity).Rows(call.Argument(2), out var isList);
        if (rows.Count == 0) return "[]";
        var (json, inserted) = await Data.RowsAsync(call, entity, transaction, statements, statements.Insert(rows), cancellationToken);
        DryRun(call, entity, transaction)?.Inserted(json);
        call.Count(inserted);
        return isList ? json : DbAnswer.First(json, inserted);
    }
}

internal sealed class DbUpsert(IEntityCatalog catalog, DataAccess data) : DbCapability("upsert", AllowedOperations.Insert | AllowedOperations.Update, catalog, data)
{
    protected override async Task<string?> CallAsync(BrokerCall call, OpenedEntity entity, long? transaction, CancellationToken cancellationToken)
    {
        var statements = new EntityStatements(call, entity);
        var rows = new EntityArguments(call, entity).Rows(call.Argument(2), out var isList);
        if (rows.Count == 0) return "[]";
        var statement = statements.Upsert(rows, call.Argument(3));
        var dryRun = DryRun(call, entity, transaction);
        var met = dryRun is null ? null : await dryRun.MetAsync(rows, call.Argument(3), cancellationToken);
        var (json, written) = await Data.RowsAsync(call, entity, transaction, statements, statement, cancellationToken);
        dryRun?.Upserted(met!, json);
        call.Count(written);
        return isList ? json : DbAnswer.First(json, written);
    }
}

internal sealed class DbUpdate(IEntityCatalog catalog, DataAccess data) : DbCapability("update", AllowedOperations.Update, catalog, data)
{
    protected override async Task<string?> CallAsync(BrokerCall call, OpenedEntity entity, long? transaction, CancellationToken cancellationToken)
    {
        if (DryRun(call, entity, transaction) is { } dryRun)
            return DbAnswer.Number(call, await dryRun.UpdateAsync(Given(call, 2, "where"), Given(call, 3, "changes"), byId: false, cancellationToken));
        var statements = new EntityStatements(call, entity);
        return DbAnswer.Number(call, await Data.ChangedAsync(call, entity, transaction, statements, statements.Update(Given(call, 2, "where"), Given(call, 3, "changes")), cancellationToken));
    }
}

internal sealed class DbUpdateById(IEntityCatalog catalog, DataAccess data) : DbCapability("updateById", AllowedOperations.Update, catalog, data)
{
    protected override async Task<string?> CallAsync(BrokerCall call, OpenedEntity entity, long? transaction, CancellationToken cancellationToken)
    {
        if (DryRun(call, entity, transaction) is { } dryRun)
            return DbAnswer.Number(call, await dryRun.UpdateAsync(Given(call, 2, "id"), Given(call, 3, "changes"), byId: true, cancellationToken));
        var statements = new EntityStatements(call, entity);
        return DbAnswer.Number(call, await Data.ChangedAsync(call, entity, transaction, statements, statements.UpdateById(Given(call, 2, "id"), Given(call, 3, "changes")), cancellationToken));
    }
}

internal sealed class DbDelete(IEntityCatalog catalog, DataAccess data) : DbCapability("delete", AllowedOperations.Delete, catalog, data)
{
    protected override async Task<string?> CallAsync(BrokerCall call, OpenedEntity entity, long? transaction, CancellationToken cancellationToken)
    {
        if (DryRun(call, entity, transaction) is { } dryRun)
            return DbAnswer.Number(call, await dryRun.DeleteAsync(Given(call, 2, "where"), byId: false, cancellationToken));
        var statements = new EntityStatements(call, entity);
        return DbAnswer.Number(call, await Data.ChangedAsync(call, entity, transaction, statements, statements.Delete(Given(call, 2, "where")), cancellationToken));
    }
}

internal sealed class DbDeleteById(IEntityCatalog catalog, DataAccess data) : DbCapability("deleteById", AllowedOperations.Delete, catalog, data)
{
    protected override async Task<string?> CallAsync(BrokerCall call, OpenedEntity entity, long? transaction, CancellationToken cancellationToken)
    {
        if (DryRun(call, entity, transaction) is { } dryRun)
            return DbAnswer.Number(call, await dryRun.DeleteAsync(Given(call, 2, "id"), byId: true, cancellationToken));
        var statements = new EntityStatements(call, entity);
        return DbAnswer.Number(call, await Data.ChangedAsync(call, entity, transaction, statements, statements.DeleteById(Given(call, 2, "id")), cancellationToken));
    }
}

/// <summary>Answers as JSON text.</summary>
internal static class DbAnswer
{
    /// <summary>The one row of a list of at most one; null where there is none.</summary>
    public static string First(string json, int rows) => rows == 0 ? "null" : json[1..^1];

    public static string Number(BrokerCall call, int rows)
    {
        call.Count(rows);
        return rows.ToString(CultureInfo.InvariantCulture);
    }
}
