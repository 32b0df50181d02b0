using Microsoft.Extensions.Configuration;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Configuration;
using Sandbox.Supervisor.Hooks;
using Sandbox.Supervisor.Hosting.Configuration;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Hooks;

public sealed class HookDeclarationsTests
{
    private const string Price = "Sandbox:Hooks:order-price:";

    private static IConfiguration Of(params (string Key, string? Value)[] settings) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, setting.Value)))
            .Build();

    [Fact]
    public void A_hook_has_its_defaults()
    {
        var configuration = Of((Price + "Description", "Prices an order"));

        Should.NotThrow(() => ConfigurationSetup.Check(configuration));
        var hook = HookDeclarations.Read(configuration).ByName.ShouldHaveSingleItem().Value.Hook;

        hook.ShouldBe(new Hook
        {
            Name = "order-price",
            Description = "Prices an order",
            DeadlineMs = 250,
            Fail = HookFail.Open,
            Default = RawJson.Null,
        });
    }

    [Fact]
    public void A_hook_is_as_declared()
    {
        var declaration = HookDeclarations.Read(Of(
            (Price + "InputSchema", """{"type":"object"}"""),
            (Price + "OutputSchema", """{"type":"number"}"""),
            (Price + "DeadlineMs", "30000"),
            (Price + "Fail", "closed"),
            (Price + "Default", "0"))).ByName["order-price"];

        declaration.Hook.ShouldSatisfyAllConditions(
            hook => hook.DeadlineMs.ShouldBe(30_000),
            hook => hook.Fail.ShouldBe(HookFail.Closed),
            hook => hook.Default.Text.ShouldBe("0"),
            hook => hook.InputSchema!.Value.Text.ShouldBe("""{"type":"object"}"""));
        declaration.Input.ShouldNotBeNull().Mismatches("1").Count.ShouldBe(1);
        declaration.Output.ShouldNotBeNull().Mismatches("1").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("DeadlineMs", "0", "choose 1 to 30000")]
    [InlineData("DeadlineMs", "30001", "choose 1 to 30000")]
    [InlineData("DeadlineMs", "soon", "'soon'")]
    [InlineData("Fail", "ajar", "Open, Closed")]
    [InlineData("Default", "none", "no JSON")]
    [InlineData("InputSchema", """{"type":"nonsense"}""", "nonsense")]
    [InlineData("OutputSchema", "{", "no JSON Schema")]
    [InlineData("Deadline", "3", "Sandbox:Hooks:*:DeadlineMs")]
    public void A_wrong_declaration_stops_the_start_with_its_key_and_the_remedy(string key, string value, string remedy)
    {
        var message = Should.Throw<StartupException>(() => ConfigurationSetup.Check(Of((Price + key, value)))).Message;

        message.ShouldContain(Price + key);
        message.ShouldContain(remedy);
    }

    [Fact]
    public void All_that_is_wrong_is_told_at_once()
    {
        var message = Should.Throw<StartupException>(() => ConfigurationSetup.Check(Of(
            (Price + "DeadlineMs", "0"),
            (Price + "Default", "none"),
            ("Sandbox:Hooks:Order_Price:Fail", "open"),
            ("Sandbox:Workers:Max", "0")))).Message;

        message.ShouldContain(Price + "DeadlineMs");
        message.ShouldContain(Price + "Default");
        message.ShouldContain("'Order_Price' is no name of a hook: it must be 3 to 100 characters");
        message.ShouldContain("Sandbox:Workers:Max");
    }
}
