using Npgsql;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Entities;

/// <inheritdoc cref="IDataSources" />
internal sealed class DataSources(Db db) : IDataSources
{
    public NpgsqlDataSource For(string? database) => db.Data(database) ?? throw new DatabaseException($"There is no setting {NamedDatabaseOptions.Root}:{database}.");
}
