using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Examples;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Scripts;

/// <summary>When a result is another than the one that was expected.</summary>
public sealed class ResultComparisonTests
{
    [Theory]
    [InlineData("""{"a":1,"b":[true,null]}""", """{ "b": [true, null], "a": 1.0 }""", false)]
    [InlineData("""{"a":1}""", """{"a":2}""", true)]
    [InlineData("[1,2]", "[2,1]", true)]
    [InlineData("12345678901234567890", "12345678901234567891", true)]
    [InlineData("\"é\"", "\"\\u00e9\"", false)]
    [InlineData("\"\\ud800\"", "\"\\ud800\"", false)]
    [InlineData("\"\\ud800\"", "\"\\ud801\"", true)]
    [InlineData("""{"a":"\ud800"}""", """{"a":"x"}""", true)]
    [InlineData(null, "null", false)]
    [InlineData(null, "0", true)]
    public void Outputs_are_compared_by_value(string? was, string? now, bool differs) =>
        Differs(Json(was), Json(now)).ShouldBe(differs);

    [Theory]
    [InlineData(ExecutionStatus.Failed, Codes.ScriptError, false)]
    [InlineData(ExecutionStatus.Failed, Codes.InvalidInput, true)]
    [InlineData(ExecutionStatus.Completed, null, true)]
    public void A_status_and_a_code_are_part_of_the_result(ExecutionStatus status, string? code, bool differs) =>
        ResultComparison.Differs(new ExampleResult(ExecutionStatus.Failed, Codes.ScriptError, null), status, code, null).ShouldBe(differs);

    [Fact]
    public void An_output_as_deep_as_there_may_be_is_compared()
    {
        var deep = $"{new string('[', 500)}1{new string(']', 500)}";

        Differs(new RawJson(deep), new RawJson(deep.Replace("1", " 1"))).ShouldBeFalse();
    }

    private static bool Differs(RawJson? was, RawJson? now) =>
        ResultComparison.Differs(new ExampleResult(ExecutionStatus.Completed, null, was), ExecutionStatus.Completed, null, now);

    private static RawJson? Json(string? text) => text is null ? null : new RawJson(text);
}
