using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Architecture;

public sealed class DependencyTests
{
    private const int TimeoutMs = 60_000;

    public static TheoryData<string> Rules => [.. DependencyRules.All.Keys];

    [Theory(Timeout = TimeoutMs)]
    [MemberData(nameof(Rules))]
    public Task The_rooms_keep_to_their_dependencies(string rule) => Task.Run(() =>
    {
        var checkedRule = DependencyRules.All[rule];
        var assembly = Repository.Assembly(checkedRule.Room, checkedRule.AssemblyName);

        checkedRule.BrokenBy(assembly).ShouldBeEmpty(rule);
    }, TestContext.Current.CancellationToken);

    [Theory(Timeout = TimeoutMs)]
    [MemberData(nameof(Rules))]
    public Task A_type_that_breaks_the_rule_is_named(string rule) => Task.Run(() =>
    {
        var bitingRule = DependencyRules.All[rule];
        foreach (var uses in bitingRule.Never.Select(never => never + ".Something").Concat(bitingRule.NeverTypes))
        {
            using var planted = PlantedAssembly.With($"{bitingRule.Within}.Planted", uses);

            bitingRule.BrokenBy(planted.Location).ShouldBe([$"{bitingRule.Within}.Planted"], $"{rule}: {uses}");
        }
    }, TestContext.Current.CancellationToken);

    [Theory(Timeout = TimeoutMs)]
    [InlineData("Dapper in stores alone", "Sandbox.Supervisor.Tenants.TenantStore", "Dapper.SqlMapper")]
    [InlineData("Dapper in stores alone", "Sandbox.Supervisor.Database.TenantConnection", "Dapper.SqlMapper")]
    [InlineData("processes in Workers alone", "Sandbox.Supervisor.Workers.WorkerProcess", "CliWrap.Command")]
    [InlineData("processes in Workers alone", "Sandbox.Supervisor.Database.EmbeddedPostgresProcess", "System.Diagnostics.Process")]
    [InlineData("HttpTriggers: the doors and their own store", "Sandbox.Supervisor.HttpTriggers.RouteStore", "Sandbox.Protocol.Api.IExecutions")]
    public Task What_a_rule_allows_passes(string rule, string type, string uses) => Task.Run(() =>
    {
        using var planted = PlantedAssembly.With(type, uses);

        DependencyRules.All[rule].BrokenBy(planted.Location).ShouldBeEmpty();
    }, TestContext.Current.CancellationToken);

    [Theory(Timeout = TimeoutMs)]
    [InlineData("Sandbox.Supervisor.Tenants.TenantEndpoints", "Dapper in stores alone", "Dapper.SqlMapper")]
    [InlineData("Sandbox.Supervisor.Database.Migrations", "processes in Workers alone", "CliWrap.Cli")]
    public Task An_exception_is_no_wider_than_it_says(string type, string rule, string uses) => Task.Run(() =>
    {
        using var planted = PlantedAssembly.With(type, uses);

        DependencyRules.All[rule].BrokenBy(planted.Location).ShouldBe([type]);
    }, TestContext.Current.CancellationToken);

    [Fact]
    public void A_use_inside_an_async_method_or_a_lambda_is_noticed()
    {
        var rule = new DependencyRule("tests", "Sandbox.Tests.dll", "Sandbox.Tests.Unit.Architecture", "System.Diagnostics.Stopwatch");

        var broken = rule.BrokenBy(Repository.Assembly(rule.Room, rule.AssemblyName));

        broken.ShouldBe([typeof(UsesInAsync).FullName!, typeof(UsesInLambda).FullName!], ignoreOrder: true);
    }
}

/// <summary>The compiler moves this use to a nested state machine.</summary>
internal static class UsesInAsync
{
    public static async Task<long> RunAsync()
    {
        await Task.Yield();
        return System.Diagnostics.Stopwatch.GetTimestamp();
    }
}

/// <summary>The compiler moves this use to a nested display class.</summary>
internal static class UsesInLambda
{
    public static Func<long> Clock(long start) => () => System.Diagnostics.Stopwatch.GetTimestamp() - start;
}
