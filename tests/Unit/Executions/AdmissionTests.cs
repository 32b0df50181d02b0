using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Broker;
using Sandbox.Supervisor.Executions;
using Sandbox.Supervisor.Uses;
using Sandbox.Supervisor.Workers;
using Sandbox.Tests.Unit.Workers;
using Shouldly;

namespace Sandbox.Tests.Unit.Executions;

public sealed class AdmissionTests
{
    private static readonly TimeSpan s_wait = new ExecutionsOptions().WaitMax;
    private const int TimeoutMs = 30_000;
    private static readonly Guid s_tenant = Guid.NewGuid();
    private static readonly Guid s_script = Guid.NewGuid();

    [Fact(Timeout = TimeoutMs)]
    public async Task The_wait_for_script_tenant_and_worker_has_one_bound_and_is_told_apart()
    {
        await using var rig = await PoolRig.StartAsync(new WorkersOptions { Spare = 1, Max = 1, SlotsPerWorker = 1 });
        var admission = Admission(rig);
        using var other = await rig.LeaseAsync(s_tenant);
        using var script = Live(rig, scriptLimit: 1, tenantLimit: 2);
        using var tenant = Live(rig, Guid.NewGuid(), scriptLimit: 1, tenantLimit: 2);
        using var last = Live(rig, scriptLimit: 1, tenantLimit: 2);
        var first = admission.WaitAsync(script, s_wait);
        var second = admission.WaitAsync(tenant, s_wait);
        rig.Time.Advance(TimeSpan.FromSeconds(2));
        // Its script's only place is taken by the first one, which waits for a worker.
        var third = admission.WaitAsync(last, s_wait);
        rig.Time.Advance(TimeSpan.FromSeconds(3));

        (await first).Refusal!.Code.ShouldBe(Codes.Overloaded);
        (await second).Refusal!.Code.ShouldBe(Codes.Overloaded);
        script.QueueReasons.ShouldBe(new QueueReasons(0, 0, 5_000));
        await rig.UntilAsync(state => state.Waiting == 1);
        rig.Time.Advance(TimeSpan.FromSeconds(2));
        (await third).Refusal!.Code.ShouldBe(Codes.Overloaded);
        last.QueueReasons.ShouldBe(new QueueReasons(3_000, 0, 2_000));
        admission.Gates.ShouldBe(0);
    }

    [Fact(Timeout = TimeoutMs)]
    public async Task The_script_is_asked_before_the_tenant_and_the_tenant_before_a_worker()
    {
        await using var rig = await PoolRig.StartAsync(new WorkersOptions { Spare = 1, Max = 1 });
        var admission = Admission(rig);
        using var running = Live(rig, scriptLimit: 1, tenantLimit: 1);
        var ticket = admission.TryEnter(running).Ticket!;
        using var sameScript = Live(rig, scriptLimit: 1, tenantLimit: 1);
        using var otherScript = Live(rig, Guid.NewGuid(), scriptLimit: 1, tenantLimit: 1);
        admission.TryEnter(sameScript).ShouldBe((null, null));
        var waiting = admission.WaitAsync(sameScript, s_wait);
        var waitingToo = admission.WaitAsync(otherScript, s_wait);

        rig.Time.Advance(TimeSpan.FromSeconds(5));

        (await waiting).Refusal!.Message.ShouldContain("of this script");
        sameScript.QueueReasons.ShouldBe(new QueueReasons(5_000, 0, 0));
        (await waitingToo).Refusal!.Message.ShouldContain("of the tenant");
        otherScript.QueueReasons.ShouldBe(new QueueReasons(0, 5_000, 0));
        rig.Pool.State.ShouldSatisfyAllConditions(state => state.Busy.ShouldBe(1), state => state.Waiting.ShouldBe(0));
        ticket.Dispose();
        ticket.Dispose();
        admission.Gates.ShouldBe(0);
    }

    [Fact(Timeout = TimeoutMs)]
    public async Task Beyond_the_executions_that_may_wait_one_is_refused_at_once()
    {
        await using var rig = await PoolRig.StartAsync(new WorkersOptions { Spare = 1, Max = 1, SlotsPerWorker = 1 });
        var admission = Admission(rig, waitingMax: 2);
        using var other = await rig.LeaseAsync(s_tenant);
        InFlightExecution[] live = [.. Enumerable.Range(0, 3).Select(_ => Live(rig))];
        var (first, second) = (admission.WaitAsync(live[0], s_wait), admission.WaitAsync(live[1], s_wait));

        var refused = admission.WaitAsync(live[2], s_wait);

        refused.IsCompleted.ShouldBeTrue();
        (await refused).Refusal.ShouldSatisfyAllConditions(r => r!.Code.ShouldBe(Codes.Overloaded), r => r!.Message.ShouldContain("WaitingMax"));
        foreach (var l in live) l.End(EndReason.CallerGone);
        (await first).Ticket.ShouldBeNull();
        (await second).Ticket.ShouldBeNull();
        admission.Gates.ShouldBe(0);
        foreach (var l in live) l.Dispose();
    }

    [Fact(Timeout = TimeoutMs)]
    public async Task A_used_quota_refuses_before_any_gate_is_asked()
    {
        await using var rig = await PoolRig.StartAsync(new WorkersOptions { Spare = 1, Max = 1 });
        var admission = Admission(rig);
        using var first = Live(rig, perMinute: 1);
        admission.TryEnter(first).Ticket!.Dispose();

        using var second = Live(rig, perMinute: 1);
        var refusal = admission.TryEnter(second).Refusal!;

        refusal.Code.ShouldBe(Codes.QuotaExceeded);
        refusal.RetryAfterSeconds.ShouldBe(60);
        admission.Gates.ShouldBe(0);
    }

    private static Admission Admission(PoolRig rig, int waitingMax = 1_000) => new(
        rig.Pool, new NoRecord(), Options.Create(new ExecutionsOptions { WaitingMax = waitingMax }), rig.Time, new ExecutionsLog(NullLogger<ExecutionsLog>.Instance));

    private static InFlightExecution Live(PoolRig rig, Guid? scriptId = null, int scriptLimit = 5, int tenantLimit = 10, int perMinute = 6_000) => new(
        new RunRequest
        {
            Tenant = new Tenant { Id = s_tenant, Slug = "demo", Name = "Demo", Limits = new TenantLimits { Concurrency = tenantLimit, ExecutionsPerMinute = perMinute } },
            Script = new Script
            {
                Id = scriptId ?? s_script,
                TenantId = s_tenant,
                Name = "s",
                Kind = ScriptKind.Embedded,
                Source = "return 1;",
                Version = 1,
                VersionId = Guid.NewGuid(),
                Limits = new ScriptLimits { Concurrency = scriptLimit },
            },
            TriggerType = TriggerType.Api,
            Trigger = new RawJson("""{"type":"api"}"""),
            Cause = new Cause("token", "0197"),
        },
        rig.Time,
        TimeSpan.FromMilliseconds(250),
        new CallBroker([], new CallRates(rig.Time), new EffectiveUses(), rig.Time, new HeldArguments(), new BrokerLog(NullLogger<BrokerLog>.Instance)));

    private sealed class NoRecord : IExecutionCount
    {
        public Task<int> CountSinceAsync(Guid tenantId, DateTimeOffset since, CancellationToken cancellationToken) => throw new NpgsqlException("The database is away.");
    }
}
