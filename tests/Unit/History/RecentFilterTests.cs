using Sandbox.Protocol.Api;
using Sandbox.Supervisor.History;
using Sandbox.Tests.Integration.Database;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.History;

public sealed class RecentFilterTests
{
    private static readonly Execution s_execution = Sample.Completed(Guid.NewGuid()) with
    {
        Labels = new Dictionary<string, string>(StringComparer.Ordinal) { ["env"] = "prod", ["order"] = Sample.Wild },
    };

    [Fact]
    public void All_labels_of_the_filter_must_be_those_of_the_execution()
    {
        Matches().ShouldBeTrue();
        Matches(new Label("env", "prod")).ShouldBeTrue();
        Matches(new Label("env", "prod"), new Label("order", Sample.Wild)).ShouldBeTrue();
        Matches(new Label("env", "prod"), new Label("env", "test")).ShouldBeFalse();
        Matches(new Label("env", "prod"), new Label("customer", "7")).ShouldBeFalse();
        Matches(new Label("env", "Prod")).ShouldBeFalse();
        Matches(new Label("order", Sample.Wild.Replace('\ud800', '\ud801'))).ShouldBeFalse();
    }

    private static bool Matches(params Label[] labels) => RecentFilter.Matches(s_execution, [], new ExecutionFilter { Labels = labels });
}
