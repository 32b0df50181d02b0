using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Uses;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Uses;

public sealed class UsesRulesTests
{
    [Fact]
    public void A_declaration_has_a_canonical_form()
    {
        const string given = """
            {"scripts":["price","audit","price"],"email":true,"hosts":["API.example.com"],"events":["order.*"],"connections":[],
            "entities":{"orders":["write","read"],"clients":["read"]},"secrets":["*"]}
            """;

        UsesRules.Read(new RawJson(given)).Value.ShouldNotBeNull().ToJson().ShouldBe(
            """{"entities":{"clients":["read"],"orders":["read","write"]},"hosts":["api.example.com"],"secrets":["*"],"events":["order.*"],"email":true,"scripts":["audit","price"]}""");
    }

    [Theory]
    [InlineData("[]", "uses")]
    [InlineData("""{"host":["a"]}""", "uses.host")]
    [InlineData("""{"entities":{"orders":["raed"]}}""", "uses.entities.orders[0]")]
    [InlineData("""{"entities":{"orders":[]}}""", "uses.entities.orders")]
    [InlineData("""{"entities":{"":["read"]}}""", "uses.entities.")]
    [InlineData("""{"entities":{"orders":"read"}}""", "uses.entities.orders")]
    [InlineData("""{"hosts":["https://a.example.com"]}""", "uses.hosts[0]")]
    [InlineData("""{"hosts":["a.example.com","a.*"]}""", "uses.hosts[1]")]
    [InlineData("""{"secrets":["crm*"]}""", "uses.secrets[0]")]
    [InlineData("""{"events":["Order"]}""", "uses.events[0]")]
    [InlineData("""{"email":"yes"}""", "uses.email")]
    [InlineData("""{"scripts":[""]}""", "uses.scripts[0]")]
    public void A_wrong_field_is_named(string declared, string field) =>
        UsesRules.Read(new RawJson(declared)).Problem.ShouldNotBeNull().Errors.ShouldHaveSingleItem().Field.ShouldBe(field);

    [Fact]
    public void Two_hundred_entries_are_taken_and_one_more_is_refused()
    {
        UsesRules.Read(Secrets(200)).Problem.ShouldBeNull();
        UsesRules.Read(Secrets(201)).Problem.ShouldNotBeNull().Errors.ShouldHaveSingleItem().Message.ShouldContain("200");
    }

    [Theory]
    [InlineData("""{"events":["order.*"]}""", "Event", "order.item.paid", true)]
    [InlineData("""{"events":["order.item.*"]}""", "Event", "order.item.paid", true)]
    [InlineData("""{"events":["order.*"]}""", "Event", "orders.item.paid", false)]
    [InlineData("""{"events":["*"]}""", "Event", "order.item.paid", true)]
    [InlineData("""{"hosts":["[::1]"]}""", "Host", "::1", true)]
    [InlineData("""{"hosts":["0:0::1"]}""", "Host", "::1", true)]
    [InlineData("""{"hosts":["0x7f.1"]}""", "Host", "127.0.0.1", true)]
    [InlineData("""{"hosts":["*.example.com"]}""", "Host", "a.example.com", true)]
    [InlineData("""{"hosts":["*.example.com"]}""", "Host", "example.com", false)]
    [InlineData("""{"hosts":["*.example.com"]}""", "Host", "notexample.com", false)]
    [InlineData("""{"entities":{"*":["read"]}}""", "EntityRead", "orders", true)]
    [InlineData("""{"entities":{"*":["read"]}}""", "EntityWrite", "orders", false)]
    [InlineData("""{"secrets":["crm"]}""", "Secret", "CRM", false)]
    [InlineData("""{"secrets":["*"]}""", "Script", "price", false)]
    [InlineData("""{"email":true}""", "Email", "*", true)]
    [InlineData("""{"email":false}""", "Email", "*", false)]
    public void A_right_allows_what_it_names(string declared, string kind, string name, bool allowed) =>
        UsesRules.Read(new RawJson(declared)).Value.ShouldNotBeNull().Allows(new Use(Enum.Parse<UseKind>(kind), name)).ShouldBe(allowed);

    [Fact]
    public void Declared_rights_that_the_source_does_not_use_are_warned_of_unless_a_name_is_computed()
    {
        var declared = new RawJson("""{"entities":{"orders":["read","write"]},"hosts":["*"],"events":["order.*"]}""");

        UsesWarnings.Of(declared, "await events.publish('order.item.paid'); return sdk.db.find('orders');").ShouldBe(
        [
            "uses.entities.orders: ['write'] is declared, and the source does not use it",
            "uses.hosts: ['*'] is declared, and the source does not use it",
        ]);
        UsesWarnings.Of(declared, "return sdk.db.find(context.input);").ShouldBeEmpty();
        UsesWarnings.Of(null, "return 1;").ShouldBeEmpty();
    }

    private static RawJson Secrets(int count) => new($$"""{"secrets":[{{string.Join(',', Enumerable.Range(0, count).Select(n => $"\"s{n}\""))}}]}""");
}
