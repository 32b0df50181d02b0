using System.Collections.Frozen;
using Npgsql;

namespace Sandbox.Supervisor.Database;

/// <summary>
/// The ways to the database: as the system, as one tenant, or for a statement on business tables, which may be in other databases.
/// </summary>
internal sealed class Db : IAsyncDisposable
{
    private NpgsqlDataSource? _system;
    private NpgsqlDataSource? _tenant;
    private NpgsqlDataSource? _listening;
    private NpgsqlDataSource? _login;
    private FrozenDictionary<string, NpgsqlDataSource> _data = FrozenDictionary<string, NpgsqlDataSource>.Empty;

    /// <summary>Scheduler, dispatcher, history writer, maintenance, the administration of tenants. Sees every tenant's rows.</summary>
    public NpgsqlDataSource System => _system ?? throw NotOpen();

    /// <summary>Names of the other databases with business tables.</summary>
    public IEnumerable<string> Databases => _data.Keys.Where(name => name.Length > 0);

    /// <summary>
    /// Business tables: of our own database as <see cref="DatabaseRoles.Data"/>, of another one as its login. The caller begins a transaction
    /// and sets the tenant. Null where no database of this name is configured.
    /// </summary>
    /// <param name="database">Of <c>Sandbox:Databases</c>; null: our own.</param>
    public NpgsqlDataSource? Data(string? database) =>
        _system is null ? throw NotOpen() : _data.GetValueOrDefault(database ?? "");

    /// <summary>A connection to business tables; see <see cref="Data"/>.</summary>
    /// <exception cref="InvalidOperationException">No database of this name is configured.</exception>
    public ValueTask<NpgsqlConnection> OpenForDataAsync(string? database, CancellationToken cancellationToken) =>
        Data(database)?.OpenConnectionAsync(cancellationToken)
        ?? throw new InvalidOperationException($"There is no setting {NamedDatabaseOptions.Root}:{database}.");

    /// <summary>As the login without a role, outside the pool: it may grant what it owns.</summary>
    public async Task<NpgsqlConnection> OpenAsLoginAsync(CancellationToken cancellationToken) =>
        await (_login ?? throw NotOpen()).OpenConnectionAsync(cancellationToken);

    /// <summary>As the system, outside the pool: a connection that waits for notifications is kept for good.</summary>
    public async Task<NpgsqlConnection> OpenForListeningAsync(CancellationToken cancellationToken) =>
        await (_listening ?? throw NotOpen()).OpenConnectionAsync(cancellationToken);

    /// <summary>A transaction in which no row but this tenant's exists. What is not committed is rolled back when it is disposed.</summary>
    public async Task<TenantTransaction> TenantAsync(Guid tenantId, CancellationToken cancellationToken)
    {
        var connection = await (_tenant ?? throw NotOpen()).OpenConnectionAsync(cancellationToken);
        try
        {
            var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await using var command = new NpgsqlCommand("select set_config('sandbox.tenant_id', $1, true)", connection)
            {
                Parameters = { new NpgsqlParameter<string> { TypedValue = tenantId.ToString() } },
            };
            await command.ExecuteNonQueryAsync(cancellationToken);
            return new TenantTransaction(connection, transaction);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>One statement in which no row but this tenant's exists: one message to the server, and a transaction of its own.</summary>
    public async Task<T> AsTenantAsync<T>(Guid tenantId, NpgsqlBatchCommand command, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var connection = await (_tenant ?? throw NotOpen()).OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand("select set_config('sandbox.tenant_id', $1, true)")
                {
                    Parameters = { new NpgsqlParameter<string> { TypedValue = tenantId.ToString() } },
                },
                command,
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return read(reader);
    }

    /// <summary>Hosts and ports of all databases: nothing else of this process may connect there.</summary>
    public IReadOnlyList<DatabaseServer> Servers { get; private set; } = [];

    /// <summary>Called once, when the schema is current.</summary>
    public void Open(string connectionString, int connections, IReadOnlyDictionary<string, NamedDatabaseOptions>? others = null)
    {
        var quarter = connections / 4;
        _system = Source(connectionString, DatabaseRoles.System, Math.Max(4, quarter));
        _tenant = Source(connectionString, DatabaseRoles.Tenant, Math.Max(4, connections - (2 * quarter)));
        _listening = Source(connectionString, DatabaseRoles.System, pool: 0);
        Servers = [.. (others?.Values.Select(other => other.ConnectionString) ?? []).Append(connectionString).SelectMany(DatabaseServer.Of)];
        _login = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, ApplicationName = "sandbox login" });
        _data = (others ?? new Dictionary<string, NamedDatabaseOptions>())
            .Select(other => KeyValuePair.Create(other.Key, OtherSource(other.Value)))
            .Append(KeyValuePair.Create("", Source(connectionString, DatabaseRoles.Data, Math.Max(4, quarter))))
            .ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>Idle connections to a server that ended are closed instead of failing their next user, one by one.</summary>
    public void ForgetConnections()
    {
        _system?.Clear();
        _tenant?.Clear();
        _data.GetValueOrDefault("")?.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _system, null) is { } system)
            await system.DisposeAsync();
        if (Interlocked.Exchange(ref _tenant, null) is { } tenant)
            await tenant.DisposeAsync();
        if (Interlocked.Exchange(ref _listening, null) is { } listening)
            await listening.DisposeAsync();
        if (Interlocked.Exchange(ref _login, null) is { } login)
            await login.DisposeAsync();
        foreach (var data in Interlocked.Exchange(ref _data, FrozenDictionary<string, NpgsqlDataSource>.Empty).Values)
            await data.DisposeAsync();
    }

    /// <summary>The login, working as <paramref name="role"/> from its first statement on.</summary>
    internal static string ConnectionStringFor(string connectionString, string role, int pool)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        builder.Options = $"{builder.Options} -c role={role}".Trim();
        builder.ApplicationName = "sandbox " + role;
        builder.Timezone = "UTC";
        builder.Pooling = pool > 0;
        if (pool > 0)
            builder.MaxPoolSize = pool;
        // Resetting includes SET SESSION AUTHORIZATION DEFAULT, which gives up the role. Nothing outlives a transaction of ours anyway.
        builder.NoResetOnClose = true;
        builder.IncludeErrorDetail = false;
        if (pool > 0)
            Prepare(builder);
        // A plan that was made while a table was empty is kept as long as nobody analyzes the table: it reads whole, for every row of another one,
        // what was filled since. Ours are made anew each time, which is little beside a statement of many rows.
        if (role is DatabaseRoles.System or DatabaseRoles.Tenant)
            builder.Options = $"{builder.Options} -c plan_cache_mode=force_custom_plan".Trim();
        return builder.ConnectionString;
    }

    /// <summary>
    /// What is sent again and again is parsed once per connection, and on business tables planned once too where PostgreSQL finds that good enough: with row-level security
    /// that costs more than to run it. The results of statements on business tables are all cast to text, so a column that changes its type spoils none. Values come in the
    /// one form that is read here, whatever the server's settings.
    /// </summary>
    private static void Prepare(NpgsqlConnectionStringBuilder builder)
    {
        builder.MaxAutoPrepare = 100;
        builder.AutoPrepareMinUsages = 3;
        builder.Options = $"{builder.Options} -c DateStyle=ISO -c bytea_output=hex".Trim();
    }

    /// <summary>The login works as itself there: the operator gave it its rights.</summary>
    private static NpgsqlDataSource OtherSource(NamedDatabaseOptions options)
    {
        var builder = new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            ApplicationName = "sandbox data",
            Timezone = "UTC",
            MaxPoolSize = options.Connections,
            IncludeErrorDetail = false,
        };
        Prepare(builder);
        return NpgsqlDataSource.Create(builder);
    }

    private static NpgsqlDataSource Source(string connectionString, string role, int pool)
    {
        var builder = new NpgsqlDataSourceBuilder(ConnectionStringFor(connectionString, role, pool));
        // A pooler between us and PostgreSQL may drop start-up options: better no connection than one as somebody else.
        builder.UsePhysicalConnectionInitializer(
            connection => Check((string?)Command(connection).ExecuteScalar(), role),
            async connection => Check((string?)await Command(connection).ExecuteScalarAsync(), role));
        return builder.Build();

        static NpgsqlCommand Command(NpgsqlConnection connection) => new("select current_user::text", connection);

        static void Check(string? user, string role)
        {
            if (user != role)
                throw new DatabaseException($"The connection works as {user} instead of {role}: what stands between us and PostgreSQL must pass the start-up parameter 'options'.");
        }
    }

    private static InvalidOperationException NotOpen() => new("The database is used before DatabaseStartup.StartAsync or after its end.");
}
