using Microsoft.Extensions.Time.Testing;
using Sandbox.Supervisor.Workers;
using Shouldly;
using StreamJsonRpc;
using StreamJsonRpc.Protocol;

namespace Sandbox.Tests.Unit.Workers;

public sealed class WorkerMessageGateTests
{
    [Fact]
    public void Answers_and_the_known_notifications_pass()
    {
        var gate = new WorkerMessageGate(new FakeTimeProvider());
        gate.Refuse(new JsonRpcResult { RequestId = new RequestId(1) }).ShouldBeNull();
        gate.Refuse(new JsonRpcRequest { Method = "log" }).ShouldBeNull();
        gate.Refuse(new JsonRpcRequest { Method = "progress" }).ShouldBeNull();
    }

    [Theory]
    [InlineData("$/cancelRequest")]
    [InlineData("$/progress")]
    [InlineData("hello")]
    [InlineData("execute")]
    public void Any_other_notification_is_refused(string method) =>
        new WorkerMessageGate(new FakeTimeProvider()).Refuse(new JsonRpcRequest { Method = method }).ShouldNotBeNull();

    [Fact]
    public void A_request_is_refused() =>
        new WorkerMessageGate(new FakeTimeProvider()).Refuse(new JsonRpcRequest { Method = "log", RequestId = new RequestId(1) }).ShouldNotBeNull();

    [Fact]
    public void A_flood_is_refused_and_a_steady_rate_is_not()
    {
        var time = new FakeTimeProvider();
        var gate = new WorkerMessageGate(time);
        for (var second = 0; second < 5; second++)
        {
            for (var i = 0; i < 100_000; i++) gate.Refuse(new JsonRpcRequest { Method = "log" }).ShouldBeNull();
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Enumerable.Range(0, 200_001).Any(_ => gate.Refuse(new JsonRpcRequest { Method = "log" }) is not null).ShouldBeTrue();
    }
}
