using System.Collections.Frozen;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Npgsql;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Broker;
using Sandbox.Supervisor.Entities;

namespace Sandbox.Tests.Security.Data;

/// <summary><c>sdk.db</c> as the broker calls it, on a real database, with entities that a test makes up. No worker stands between: a hostile one is no other.</summary>
internal sealed class EntityRig : IDataSources, IEntityCatalog, IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;
    private readonly Dictionary<string, OpenedEntity> _entities;
    private readonly Dictionary<string, ICapability> _capabilities;
    private readonly CallScope _scope;

    public EntityRig(string connectionString, Guid tenantId, IEnumerable<OpenedEntity> entities, DataOptions? options = null)
    {
        _source = NpgsqlDataSource.Create($"{connectionString};Max Auto Prepare=100;Auto Prepare Min Usages=3");
        _entities = entities.ToDictionary(entity => entity.Name, StringComparer.Ordinal);
        Access = new DataAccess(this, Options.Create(options ?? new DataOptions()), TimeProvider.System);
        _capabilities = new ICapability[]
        {
            new DbFind(this, Access), new DbFindOne(this, Access), new DbGet(this, Access), new DbCount(this, Access), new DbInsert(this, Access), new DbUpsert(this, Access),
            new DbUpdate(this, Access), new DbUpdateById(this, Access), new DbDelete(this, Access), new DbDeleteById(this, Access), new DbEntities(this),
            new DbCommit(Access), new DbRollback(Access),
        }.ToDictionary(capability => capability.Name, StringComparer.Ordinal);
        _scope = new CallScope(new ExecutionCalls(Request(tenantId), new ScriptLimits { Calls = int.MaxValue }, 0, new SecretMask()));
    }

    public DataAccess Access { get; }

    public ExecutionCalls Execution => _scope.Execution;

    /// <summary>For a broker of the test's own.</summary>
    public IEnumerable<ICapability> Capabilities => _capabilities.Values;

    public static ColumnType Type(ColumnKind kind, string sqlName, params string[] labels) => new(kind, sqlName, IsArray: false, labels);

    public static OpenedEntity Entity(string schema, string name, AllowedOperations operations, params OpenedField[] fields) => new(
        name, schema, name, "id", new EntityColumn("tenant_id", Type(ColumnKind.Uuid, "uuid")),
        fields.ToFrozenDictionary(field => field.Name, StringComparer.Ordinal), operations, Database: null);

    /// <summary>The answer's JSON text; null: undefined. A refusal is thrown.</summary>
    public async Task<string?> CallAsync(string capability, string arguments)
    {
        using var document = JsonDocument.Parse(arguments, new JsonDocumentOptions { MaxDepth = 600 });
        var called = _capabilities[capability];
        return await called.CallAsync(new BrokerCall(_scope, called, document.RootElement), _scope.Ended);
    }

    public NpgsqlDataSource For(string? database) => _source;

    public ValueTask<OpenedEntity?> FindAsync(Guid tenantId, string name, CancellationToken cancellationToken) => new(_entities.GetValueOrDefault(name));

    public ValueTask<IReadOnlyList<OpenedEntity>> ListAsync(Guid tenantId, CancellationToken cancellationToken) => new([.. _entities.Values]);

    public async ValueTask DisposeAsync()
    {
        await _scope.DisposeAsync();
        await _source.DisposeAsync();
    }

    private static RunRequest Request(Guid tenantId) => new()
    {
        Tenant = new Tenant { Id = tenantId, Slug = "t", Name = "T" },
        Script = new Script { Id = Guid.CreateVersion7(), TenantId = tenantId, Name = "s", Kind = ScriptKind.Embedded, Source = "", Version = 1, VersionId = Guid.CreateVersion7() },
        TriggerType = TriggerType.Api,
        Trigger = new RawJson("""{"type":"api"}"""),
        Cause = new Cause("token", null),
    };
}
