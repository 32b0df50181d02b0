using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Changes;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.Entities;
using Sandbox.Tests.Integration.Database;
using Xunit;

namespace Sandbox.Tests.Integration.Entities;

/// <summary>The entities of one supervisor on a database that others use too.</summary>
internal sealed class EntityRig : IAsyncDisposable
{
    private readonly Db _db = new();
    private readonly ChangesListener _listener;

    /// <param name="others">Named databases, by connection string.</param>
    public EntityRig(TestDatabase database, TimeProvider time, params (string Name, string ConnectionString)[] others)
    {
        _db.Open(database.ConnectionString, 8, others.ToDictionary(other => other.Name, other => new NamedDatabaseOptions { ConnectionString = other.ConnectionString }));
        var (store, registered, tables) = (new EntityStore(_db), new EntityTableStore(_db), new BusinessTableStore(_db));
        var opening = new EntityOpening(_db, tables, registered, NullLogger<EntityOpening>.Instance);
        Catalog = new EntityCatalog(store, registered, opening, time, Log);
        var changes = new ChangeStore(_db);
        Feed = new ChangesFeed(changes, [Catalog], time, NullLogger<ChangesFeed>.Instance);
        _listener = new ChangesListener(_db, Feed, changes, time, NullLogger<ChangesListener>.Instance);
        Tables = new EntityTableService(_db, tables, registered, opening, NullLogger<EntityTableService>.Instance);
        Service = new EntityService(store, registered, tables, opening, Feed, NullLogger<EntityService>.Instance);
    }

    public EntityCatalog Catalog { get; }

    public ChangesFeed Feed { get; }

    public EntityService Service { get; }

    public EntityTableService Tables { get; }

    public KeptLog<EntityCatalog> Log { get; } = new();

    /// <summary>Loads, and from then on follows the feed.</summary>
    public async Task StartAsync()
    {
        await Feed.ReloadAsync(TestContext.Current.CancellationToken);
        await _listener.StartAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Waits until every change committed before is in memory.</summary>
    public async Task CaughtUpAsync(NpgsqlConnection admin) =>
        await Feed.ReachedAsync(await admin.ScalarAsync<long>("select coalesce(max(sequence), 0) from sandbox.changes")).WaitAsync(TestContext.Current.CancellationToken);

    public static Principal Superadmin(Guid tenant) => new(PrincipalKind.Token, Guid.Empty, "root", tenant, Superadmin: true, new HashSet<string>(StringComparer.Ordinal));

    public static Principal Administrator(Guid tenant) =>
        new(PrincipalKind.Token, Guid.Empty, "admin", tenant, Superadmin: false, new HashSet<string>([Permissions.SettingsManage], StringComparer.Ordinal));

    public async ValueTask DisposeAsync()
    {
        await _listener.StopAsync(CancellationToken.None);
        _listener.Dispose();
        Feed.Dispose();
        await _db.DisposeAsync();
    }

    /// <summary>What was logged.</summary>
    internal sealed class KeptLog<T> : ILogger<T>
    {
        private readonly List<string> _lines = [];

        public IReadOnlyList<string> Lines
        {
            get
            {
                lock (_lines) return [.. _lines];
            }
        }

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(Microsoft.Extensions.Logging.LogLevel logLevel) => true;

        public void Log<TState>(Microsoft.Extensions.Logging.LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_lines) _lines.Add(formatter(state, exception));
        }
    }
}
