using Sandbox.Protocol.Rpc;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Worker;

public sealed class ExecutionTests(WorkerFixture fixture) : IClassFixture<WorkerFixture>
{
    private const int Timeout = 30_000;
    private WorkerProcess Worker => fixture.Worker;

    [Fact(Timeout = Timeout)]
    public async Task A_body_returns_its_value()
    {
        (await Worker.OutputAsync("const { a } = context.input;\nreturn { price: a * 2, tenant: context.tenant };", """{"a":21}""")).ShouldBe("""{"price":42,"tenant":"demo"}""");
    }
}
