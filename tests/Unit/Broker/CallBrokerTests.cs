using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Sandbox.Protocol.Api;
using Sandbox.Protocol.Rpc;
using Sandbox.Supervisor.Broker;
using Sandbox.Supervisor.Uses;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Broker;

/// <summary>The bound over the arguments that calls of all executions hold together.</summary>
public sealed class CallBrokerTests
{
    private const int TimeoutMs = 30_000;
    private const int CharactersMax = 100;

    private readonly HeldCapability _held = new();
    private readonly CallBroker _broker;

    public CallBrokerTests()
    {
        var time = new FakeTimeProvider();
        _broker = new CallBroker(
            [_held], new CallRates(time), new EffectiveUses(), time, new HeldArguments(CharactersMax, CharactersMax), new BrokerLog(NullLogger<BrokerLog>.Instance));
    }

    [Fact(Timeout = TimeoutMs)]
    public async Task A_call_that_reaches_the_bound_exactly_is_carried_out()
    {
        await using var scope = Scope();
        var (call, begun) = await BegunAsync(scope, 60);
        var (other, otherBegun) = await BegunAsync(scope, 40);

        begun.SetResult("1");
        otherBegun.SetResult("2");

        ((await call).Value, (await other).Value).ShouldBe(("1", "2"));
    }

    [Fact(Timeout = TimeoutMs)]
    public async Task A_call_above_the_bound_is_refused_as_overload_whichever_tenant_makes_it()
    {
        await using var scope = Scope();
        await using var ofAnotherTenant = Scope();
        var (call, begun) = await BegunAsync(scope, 60);

        foreach (var caller in new[] { scope, ofAnotherTenant })
        {
            var refused = await CallAsync(caller, 41);
            (refused.Code, refused.RetryAfterSeconds, refused.Value).ShouldBe((Codes.Overloaded, 1, null));
        }

        _held.Begun.ShouldBe(0);
        ofAnotherTenant.Execution.Records.ShouldHaveSingleItem().Status.ShouldBe(Codes.Overloaded);
        begun.SetResult("1");
        (await call).Code.ShouldBeNull();
    }

    [Fact(Timeout = TimeoutMs)]
    public async Task A_refused_call_takes_nothing_of_the_bound()
    {
        await using var scope = Scope();
        var (call, begun) = await BegunAsync(scope, 60);
        for (var i = 0; i < 5; i++) (await CallAsync(scope, 90)).Code.ShouldBe(Codes.Overloaded);

        var (small, smallBegun) = await BegunAsync(scope, 40);

        begun.SetResult("1");
        smallBegun.SetResult("2");
        ((await call).Code, (await small).Code).ShouldBe((null, null));
    }

    [Theory(Timeout = TimeoutMs)]
    [InlineData("answered", null)]
    [InlineData("refused", Codes.Conflict)]
    [InlineData("failed", Codes.Internal)]
    [InlineData("given up", Codes.NotAllowed)]
    public async Task A_finished_call_gives_its_characters_back(string end, string? code)
    {
        var scope = Scope();
        await using var other = Scope();
        var (call, begun) = await BegunAsync(scope, CharactersMax);
        (await CallAsync(other, 10)).Code.ShouldBe(Codes.Overloaded);

        if (end == "answered") begun.SetResult("1");
        else if (end == "refused") begun.SetException(new CallRefusedException(Codes.Conflict, "No."));
        else if (end == "failed") begun.SetException(new InvalidOperationException("A fault."));
        else scope.Close();
        (await call).Code.ShouldBe(code);
        await scope.DisposeAsync();

        var (again, againBegun) = await BegunAsync(other, CharactersMax);
        againBegun.SetResult("2");
        (await again).Value.ShouldBe("2");
    }

    [Fact]
    public void A_tenant_above_its_share_leaves_room_for_another_and_gets_its_own_back()
    {
        var held = new HeldArguments(100, 25);
        var (greedy, other) = (Guid.NewGuid(), Guid.NewGuid());

        held.Hold(greedy, 25).ShouldBeTrue();
        held.Hold(greedy, 1).ShouldBeFalse();
        held.Hold(other, 25).ShouldBeTrue();

        held.Release(greedy, 1);
        held.Release(greedy, 25);
        held.Hold(greedy, 25).ShouldBeTrue();
    }

    /// <summary>A call whose capability has begun and holds until the source is told how to end.</summary>
    private async Task<(Task<CallAnswer> Answer, TaskCompletionSource<string?> Begun)> BegunAsync(CallScope scope, int characters)
    {
        var answer = CallAsync(scope, characters);
        var begun = _held.NextAsync();
        (await Task.WhenAny(begun, answer)).ShouldBe(begun);
        return (answer, await begun);
    }

    private Task<CallAnswer> CallAsync(CallScope scope, int characters)
    {
        var answer = new TaskCompletionSource<CallAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        _broker.Call(scope, _held.Name, $"[\"{new string('x', characters - 4)}\"]", answer.SetResult);
        return answer.Task;
    }

    private static CallScope Scope()
    {
        var tenant = new Tenant { Id = Guid.NewGuid(), Slug = "t", Name = "T" };
        var request = new RunRequest
        {
            Tenant = tenant,
            Script = new Script
            {
                Id = Guid.NewGuid(),
                TenantId = tenant.Id,
                Name = "s",
                Kind = ScriptKind.Embedded,
                Source = "",
                Version = 1,
                VersionId = Guid.NewGuid(),
            },
            TriggerType = TriggerType.Api,
            Trigger = new RawJson("""{"type":"api"}"""),
            Cause = new Cause("token", null),
        };
        return new CallScope(new ExecutionCalls(request, new ScriptLimits(), 0, new SecretMask()));
    }

    /// <summary>Carries out nothing until the test says how a call ends.</summary>
    private sealed class HeldCapability : ICapability
    {
        private readonly Channel<TaskCompletionSource<string?>> _begun = Channel.CreateUnbounded<TaskCompletionSource<string?>>();

        public string Name => "test.held";

        public CallGroup Group => CallGroup.None;

        public bool Changes => false;

        /// <summary>Calls that began and that nobody has asked for.</summary>
        public int Begun => _begun.Reader.Count;

        public Task<TaskCompletionSource<string?>> NextAsync() => _begun.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask();

        public async ValueTask<string?> CallAsync(BrokerCall call, CancellationToken cancellationToken)
        {
            var begun = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
            _begun.Writer.TryWrite(begun).ShouldBeTrue();
            return await begun.Task.WaitAsync(cancellationToken);
        }
    }
}
