using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Executions;
using Sandbox.Tests.Integration.Database;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Executions;

public sealed class LimitWarningsTests
{
    [Theory]
    [InlineData(0, 0, null)]
    [InlineData(0, 10, null)]
    [InlineData(7, 10, null)]
    [InlineData(8, 10, "calls: 8 of 10 calls")]
    [InlineData(1, 1, "calls: 1 of 1 calls")]
    public void The_calls_are_named_from_four_fifths_of_their_limit_on(int made, int limit, string? warning)
    {
        var execution = Sample.Completed(Guid.NewGuid()) with { Calls = made };

        LimitWarnings.Of(execution, new ScriptLimits { Calls = limit }, null, (0, 0, false)).ShouldBe(warning is null ? [] : [warning]);
    }
}
