using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging.Abstractions;
using Sandbox.Protocol.Api;
using Sandbox.Protocol.Rpc;
using Sandbox.Supervisor.Changes;
using Sandbox.Supervisor.Connections;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.HttpTriggers;
using Sandbox.Supervisor.Scripts;
using Sandbox.Supervisor.Secrets;
using Sandbox.Supervisor.Tenants;
using Xunit;

namespace Sandbox.Tests.Integration.Changes;

/// <summary>The services of one supervisor and what they keep in memory, on a database that others use too.</summary>
internal sealed class Node : IAsyncDisposable
{
    private readonly Db _db = new();
    private readonly ChangesListener _listener;
    private readonly ChangeStore _changes;
    private readonly TokenService _tokens;
    private bool _started;

    /// <param name="time">Polls and pauses go by it; a clock that stands still shows that notifications suffice.</param>
    /// <param name="protection">The key ring; null: one that no other node has.</param>
    public Node(
        string connectionString,
        TimeProvider? time = null,
        Func<Func<Guid, string, CancellationToken, Task<Script?>>, Func<Guid, string, CancellationToken, Task<Script?>>>? reading = null,
        IDataProtectionProvider? protection = null)
    {
        time ??= TimeProvider.System;
        _db.Open(connectionString, 8);
        _changes = new ChangeStore(_db);
        ScriptStore = new ScriptStore(_db);
        Live = new ScriptCache(reading is null ? ScriptStore.GetAsync : reading(ScriptStore.GetAsync));
        _tokens = new TokenService(new TokenStore(_db), TenantDirectory, time);
        protection ??= new EphemeralDataProtectionProvider();
        var (secrets, cipher) = (new SecretStore(_db), new SecretCipher(protection));
        var (connections, connectionCipher) = (new ConnectionStore(_db), new ConnectionCipher(protection));
        SecretValues = new SecretValues(secrets, cipher, time);
        OpenConnections = new OpenConnections(connections, connectionCipher, time);
        var routes = new RouteChanges(new RouteStore(_db), Routes, new RequestRates(time), NullLogger<RouteChanges>.Instance);
        var tenants = new TenantChanges(new TenantStore(_db), TenantDirectory, Executions);
        Feed = new ChangesFeed(_changes, [tenants, _tokens, Live, routes, SecretValues, OpenConnections], time, NullLogger<ChangesFeed>.Instance);
        Secrets = new SecretService(secrets, cipher, Feed);
        Connections = new ConnectionService(connections, connectionCipher, Feed);
        _listener = new ChangesListener(_db, Feed, _changes, time, NullLogger<ChangesListener>.Instance);
        Scripts = new ScriptService(ScriptStore, new EverySourceParses(), Live, SecretValues, Feed, TimeProvider.System);
        Tenants = new TenantService(new TenantStore(_db), Feed, Executions, TimeProvider.System);
    }

    public TenantDirectory TenantDirectory { get; } = new();

    public RouteTable Routes { get; } = new();

    public CountedEvictions Executions { get; } = new();

    public ChangesFeed Feed { get; }

    public ScriptCache Live { get; }

    public ScriptStore ScriptStore { get; }

    public ScriptService Scripts { get; }

    public TenantService Tenants { get; }

    public TokenService Tokens => _tokens;

    public SecretService Secrets { get; }

    public SecretValues SecretValues { get; }

    public ConnectionService Connections { get; }

    public OpenConnections OpenConnections { get; }

    /// <summary>Loads, and from then on follows the feed.</summary>
    public async Task StartAsync()
    {
        await Feed.ReloadAsync(TestContext.Current.CancellationToken);
        await _listener.StartAsync(TestContext.Current.CancellationToken);
        _started = true;
    }

    public Task<int> SweepAsync(TimeSpan age) => _changes.SweepAsync(age, TestContext.Current.CancellationToken);

    public Route? Route(Guid tenant, string path, string method = "GET") => Routes.For(tenant).Find(method, path[1..].Split('/')).Route;

    public async ValueTask DisposeAsync()
    {
        if (_started) await _listener.StopAsync(CancellationToken.None);
        _listener.Dispose();
        Feed.Dispose();
        SecretValues.Dispose();
        OpenConnections.Dispose();
        _tokens.Dispose();
        await _db.DisposeAsync();
    }

    /// <summary>Stands in for V8, which has nothing to say here.</summary>
    private sealed class EverySourceParses : ISourceChecker
    {
        public Task<Result<SourceCheck>> CheckAsync(Guid tenantId, string source, string? inputSchema, CancellationToken cancellationToken) =>
            Task.FromResult<Result<SourceCheck>>(new SourceCheck([], false, null));
    }
}
