using Npgsql;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Entities;

/// <summary>Connections to business data, as a role that owns nothing.</summary>
internal interface IDataSources
{
    /// <param name="database">Name of a configured database; null: the supervisor's own.</param>
    /// <exception cref="DatabaseException">There is no database of this name.</exception>
    NpgsqlDataSource For(string? database);
}
