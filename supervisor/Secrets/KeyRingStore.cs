using System.Xml.Linq;
using Dapper;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Npgsql;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Secrets;

/// <summary>The key ring in the database, for all nodes. Data Protection calls it synchronously, about once a day.</summary>
internal sealed class KeyRingStore(Db db) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var connection = db.System.OpenConnection();
        return [.. connection.Query<string>("select element from sandbox.key_ring order by created_at, name").Select(XElement.Parse)];
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        using var connection = db.System.OpenConnection();
        connection.Execute(
            "insert into sandbox.key_ring (name, element) values (@name, @element)",
            new { name = friendlyName, element = element.ToString(SaveOptions.DisableFormatting) });
    }

    /// <summary>Until the connection is disposed, no other node makes the first key.</summary>
    public async Task<NpgsqlConnection> LockAsync(CancellationToken cancellationToken)
    {
        var connection = await db.OpenForListeningAsync(cancellationToken);
        try
        {
            await connection.ExecuteAsync(new CommandDefinition(
                "select pg_advisory_lock(hashtextextended('sandbox key ring', 0))", cancellationToken: cancellationToken));
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}
