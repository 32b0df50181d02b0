using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Alerts;
using Sandbox.Supervisor.Audit;
using Sandbox.Supervisor.Checkpoints;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.DeadLetters;
using Sandbox.Supervisor.Email;
using Sandbox.Supervisor.Errors;
using Sandbox.Supervisor.Events;
using Sandbox.Supervisor.Examples;
using Sandbox.Supervisor.Executions;
using Sandbox.Supervisor.Figures;
using Sandbox.Supervisor.History;
using Sandbox.Supervisor.Hooks;
using Sandbox.Supervisor.People;
using Sandbox.Supervisor.Queue;
using Sandbox.Supervisor.Schedules;
using Sandbox.Supervisor.Scripts;
using Sandbox.Supervisor.Secrets;
using Sandbox.Supervisor.Tenants;
using Sandbox.Supervisor.Tries;
using Sandbox.Supervisor.Types;
using Sandbox.Supervisor.Usage;
using Sandbox.Supervisor.Workers;
using Sandbox.Tests.Integration.Changes;
using Sandbox.Tests.Integration.Database;
using Sandbox.Tests.Integration.Entities;
using Sandbox.Tests.Unit.Workers;
using Xunit;

namespace Sandbox.Tests.Integration.Api;

/// <summary>The product's own services behind the interfaces that REST and pages call, on one database for all tests of a class.</summary>
public sealed class ServiceRig(PostgresServer server) : IAsyncLifetime
{
    private readonly TempDirectory _journal = new();
    private readonly PoolRig _pool = PoolRig.Create(new WorkersOptions());
    private Changes.Node _node = null!;
    private HistoryRig _history = null!;
    private ExecutionService _executions = null!;
    private EntityRig _entities = null!;
    private DurableExecutions _durable = null!;
    private DeadLetterService _deadLetters = null!;
    private AlertService _alerts = null!;
    private EventService _events = null!;
    private ScheduleService _schedules = null!;

    /// <summary>The one tenant.</summary>
    internal Guid Tenant { get; private set; }

    internal TestDatabase Database { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Database = await server.NewDatabaseAsync();
        Tenant = await Database.NewTenantAsync("acme");
        _node = new Changes.Node(Database.ConnectionString);
        _history = new HistoryRig(Database.Db, _journal.Path);
        _entities = new EntityRig(Database, TimeProvider.System);
        var inFlight = new InFlight(
            Options.Create(new ExecutionsOptions()),
            TimeProvider.System,
            new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance),
            new ExecutionsLog(NullLogger<ExecutionsLog>.Instance));
        var (queue, signal) = (new QueueStore(Database.Db), new DispatchSignal());
        var ends = new QueueEnds(new QueueEndStore(Database.Db, []), new HistoryStore(Database.Db), signal, TimeProvider.System, NullLogger<QueueEnds>.Instance);
        var waits = new QueuedWaits(_node.Live, _node.TenantDirectory, new LaneWaits(TimeProvider.System), TimeProvider.System);
        var queued = new QueuedExecutions(new QueuedStore(Database.Db), queue, ends, new QueueRecords(TimeProvider.System), waits, _node.Live, TimeProvider.System);
        var reader = new ExecutionReader(inFlight, _pool.Pool, _history.Writer, _history.Executions, queued, TimeProvider.System);
        _executions = new ExecutionService(reader);
        var levels = new QueueLevels(Options.Create(new QueueOptions()));
        var work = new NewWork(signal, queue, TimeProvider.System, NullLogger<NewWork>.Instance);
        _deadLetters = new DeadLetterService(new DeadLetterStore(Database.Db), _node.Live, work, TimeProvider.System);
        var channels = new AlertChannelStore(Database.Db);
        // Nothing gets so far here that it would be sent.
        _alerts = new AlertService(
            new AlertStore(Database.Db), channels, new AlertRuleStore(Database.Db), new AlertChannels(channels, new SecretCipher(new EphemeralDataProtectionProvider())), null!,
            _node.Live, _node.TenantDirectory, TimeProvider.System);
        var occurrences = new OccurrenceStore(Database.Db);
        var past = new PastOccurrences(new ScheduleTickStore(Database.Db), occurrences, work, TimeProvider.System);
        _schedules = new ScheduleService(occurrences, past, _node.Live, TimeProvider.System);
        _durable = new DurableExecutions(
            // Nothing gets so far here that it would be run.
            new EnqueueDoor(queue, new OnceKeyStore(Database.Db), levels, work), null!, reader, _node.Live, _node.TenantDirectory, new CheckpointStore(Database.Db), TimeProvider.System);
        _events = new EventService(new EventDoor(new EventStore(Database.Db), new RouterSignal(), levels, work), new EventReadStore(Database.Db), TimeProvider.System);
    }

    internal object Of(Type contract) =>
        contract == typeof(IScripts) ? _node.Scripts
        : contract == typeof(IDrafts) ? new DraftService(new DraftStore(Database.Db), _node.Scripts, _node.ScriptStore, _node.Live)
        : contract == typeof(IExamples) ? new ExampleService(new ExampleStore(Database.Db), _node.Live, null!)
        : contract == typeof(ITries) ? new TryService(_node.Live, _node.TenantDirectory, null!, TimeProvider.System)
        : contract == typeof(IExecutions) ? _executions
        : contract == typeof(ITenants) ? _node.Tenants
        : contract == typeof(ITokens) ? _node.Tokens
        : contract == typeof(IMembers) ? new MemberService(new MemberStore(Database.Db), TimeProvider.System)
        : contract == typeof(IEntities) ? _entities.Service
        : contract == typeof(IEntityTables) ? _entities.Tables
        : contract == typeof(ISdkTypes) ? new SdkTypesService(_entities.Catalog)
        : contract == typeof(IUsage) ? new UsageService(new UsageStore(Database.Db))
        : contract == typeof(ITenantLimits) ? new TenantLimitsService(_node.TenantDirectory, Options.Create(new DatabaseOptions()))
        : contract == typeof(IOverview) ? Overview()
        : contract == typeof(IErrors) ? new ErrorService(new ErrorStore(Database.Db), TimeProvider.System)
        : contract == typeof(IAudit) ? new AuditService(new AuditStore(Database.Db))
        : contract == typeof(ISecrets) ? _node.Secrets
        : contract == typeof(IEmailSettings) ? new EmailSettingsService(new EmailSettingsStore(Database.Db), new SecretCipher(new EphemeralDataProtectionProvider()))
        : contract == typeof(ISchedules) ? _schedules
        : contract == typeof(IDurableExecutions) ? _durable
        : contract == typeof(IDeadLetters) ? _deadLetters
        : contract == typeof(IAlerts) ? _alerts
        : contract == typeof(IEvents) ? _events
        : contract == typeof(IHooks) ? new HookService(new HookDeclarations(new Dictionary<string, HookDeclaration>(StringComparer.Ordinal), []), _node.Live, _node.TenantDirectory, null!)
        : contract == typeof(IConnections) ? _node.Connections
        : throw new InvalidOperationException($"There is no service for {contract.Name} here.");

    private OverviewService Overview()
    {
        var figures = new FigureStore(Database.Db);
        return new OverviewService(new OverviewStore(Database.Db), figures, new LiveHours(figures, TimeProvider.System), TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        await _pool.DisposeAsync();
        await _history.DisposeAsync();
        await _entities.DisposeAsync();
        await _node.DisposeAsync();
        await Database.DisposeAsync();
        _journal.Dispose();
    }
}
