using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Broker;
using Sandbox.Supervisor.Configuration;
using Sandbox.Supervisor.Executions;
using Sandbox.Supervisor.Hosting;
using Sandbox.Supervisor.Uses;
using Sandbox.Supervisor.Workers;
using Sandbox.Supervisor.Workers.Launch;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Database;

public sealed class UnforeseenFailureTests(PostgresServer server) : IAsyncLifetime
{
    private readonly TempDirectory _journal = new();
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await server.NewDatabaseAsync();

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _journal.Dispose();
    }

    [Fact(Timeout = 120_000)]
    public async Task An_execution_whose_tail_fails_unforeseen_is_recorded_as_failed()
    {
        var tenant = await _database.NewTenantAsync("demo");
        await using var rig = new HistoryRig(_database.Db, _journal.Path);
        var options = Options.Create(new ExecutionsOptions());
        var log = new ExecutionsLog(NullLogger<ExecutionsLog>.Instance);
        await using var launcher = new WorkerLauncher(Options.Create(new LaunchOptions()), Options.Create(new SandboxOptions()), TimeProvider.System, NullLogger<WorkerLauncher>.Instance);
        var (workers, workersLog) = (Options.Create(new WorkersOptions()), new WorkersLog(NullLogger<WorkersLog>.Instance));
        await using var pool = new WorkerPool(new WorkerSource(launcher, workers, TimeProvider.System, workersLog), workers, TimeProvider.System, workersLog);
        var admission = new Admission(pool, new RecordedExecutionCount(rig.Executions), options, new BrokenClock(), log);
        var inFlight = new InFlight(options, TimeProvider.System, new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance), log);
        var door = new RunDoor(new ExecutionTail(admission, pool, new CallBroker([], new CallRates(TimeProvider.System), new EffectiveUses(), TimeProvider.System, new HeldArguments(), new BrokerLog(NullLogger<BrokerLog>.Instance)), inFlight, options, TimeProvider.System, log), new JournalLedger(rig.Writer), options);

        var result = await door.RunAsync(Request(tenant), CancellationToken.None);

        result.Execution.Status.ShouldBe(ExecutionStatus.Failed);
        result.Execution.Code.ShouldBe(Codes.WorkerLost);
        rig.Writer.FindBuffered(tenant, result.Execution.Id).ShouldNotBeNull();
        inFlight.OfTenant(tenant).ShouldBeEmpty();
    }

    private static RunRequest Request(Guid tenantId) => new()
    {
        Tenant = new Tenant { Id = tenantId, Slug = "demo", Name = "Demo" },
        Script = new Script { Id = Guid.CreateVersion7(), TenantId = tenantId, Name = "s", Kind = ScriptKind.Embedded, Source = "return 1;", Version = 1, VersionId = Guid.CreateVersion7() },
        TriggerType = TriggerType.Api,
        Trigger = new RawJson("""{"type":"api"}"""),
        Cause = new Cause("token", "0197"),
    };

    private sealed class BrokenClock : FakeTimeProvider
    {
        public override DateTimeOffset GetUtcNow() => throw new InvalidOperationException("The clock is broken.");
    }
}
