using System.Globalization;
using Npgsql;

namespace Sandbox.Supervisor.Database;

/// <summary>Where a database listens, over TCP.</summary>
internal readonly record struct DatabaseServer(string Host, int Port)
{
    /// <summary>Those of a connection string, which may name several; sockets are none.</summary>
    public static IEnumerable<DatabaseServer> Of(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        foreach (var host in (builder.Host ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (host.StartsWith('/') || host.StartsWith('@')) continue;
            var colon = host.LastIndexOf(':');
            var hasPort = colon > 0 && host.IndexOf(':') == colon;
            yield return hasPort && int.TryParse(host.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
                ? new DatabaseServer(host[..colon], port)
                : new DatabaseServer(host, builder.Port);
        }
    }
}
