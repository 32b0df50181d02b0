using System.Text.Json;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Scripts;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Events;

/// <summary>The filter of an event trigger: the conditions of <c>sdk.db</c> over paths in the payload.</summary>
public sealed class EventFilterTests
{
    private const string Payload = """
        {"amount":100.10,"status":"paid","none":null,"yes":true,"tags":["a","b"],"customer":{"country":"UZ","age":30},"lines":[{"sku":"x"}],"\ud800":1,"twice":1,"twice":2}
        """;

    [Theory]
    [InlineData("{}", true)]
    [InlineData("""{"status":"paid"}""", true)]
    [InlineData("""{"status":"open"}""", false)]
    [InlineData("""{"status":"paid","amount":{"gt":100}}""", true)]
    [InlineData("""{"status":"paid","amount":{"gt":101}}""", false)]
    [InlineData("""{"amount":{"gt":100,"lt":101}}""", true)]
    [InlineData("""{"amount":100.1}""", true)]
    [InlineData("""{"amount":{"gte":100.10,"lte":100.1}}""", true)]
    [InlineData("""{"amount":{"lt":100.1}}""", false)]
    [InlineData("""{"amount":"100.1"}""", false)]
    [InlineData("""{"amount":{"gt":"1"}}""", false)]
    [InlineData("""{"status":{"gte":"paid","lt":"paie"}}""", true)]
    [InlineData("""{"yes":true}""", true)]
    [InlineData("""{"yes":1}""", false)]
    [InlineData("""{"tags":["a","b"]}""", true)]
    [InlineData("""{"tags.1":"b"}""", true)]
    [InlineData("""{"tags.2":"b"}""", false)]
    [InlineData("""{"lines.0.sku":"x"}""", true)]
    [InlineData("""{"customer.country":"UZ"}""", true)]
    [InlineData("""{"customer.country.code":"UZ"}""", false)]
    [InlineData("""{"customer.country":{"ne":"KZ"}}""", true)]
    [InlineData("""{"missing":{"ne":"KZ"}}""", true)]
    [InlineData("""{"missing":{"gt":1}}""", false)]
    [InlineData("""{"missing":null}""", true)]
    [InlineData("""{"none":null}""", true)]
    [InlineData("""{"status":null}""", false)]
    [InlineData("""{"none":{"isNull":true}}""", true)]
    [InlineData("""{"status":{"isNull":false}}""", true)]
    [InlineData("""{"missing":{"isNull":false}}""", false)]
    [InlineData("""{"status":{"in":["open","paid"]}}""", true)]
    [InlineData("""{"status":{"in":[]}}""", false)]
    [InlineData("""{"status":{"notIn":[]}}""", true)]
    [InlineData("""{"status":{"notIn":["paid"]}}""", false)]
    [InlineData("""{"missing":{"in":[null]}}""", true)]
    [InlineData("""{"status":{"like":"p%d"}}""", true)]
    [InlineData("""{"status":{"like":"P%"}}""", false)]
    [InlineData("""{"status":{"ilike":"P___"}}""", true)]
    [InlineData("""{"status":{"like":"p\\%d"}}""", false)]
    [InlineData("""{"amount":{"like":"%"}}""", false)]
    [InlineData("""{"or":[{"status":"open"},{"amount":{"gt":1}}]}""", true)]
    [InlineData("""{"or":[]}""", false)]
    [InlineData("""{"and":[]}""", true)]
    [InlineData("""{"and":[{"status":"paid"},{"yes":false}]}""", false)]
    [InlineData("""{"not":{"missing":{"gt":1}}}""", true)]
    [InlineData("""{"not":{"status":"paid"}}""", false)]
    [InlineData("""{"\ud800":1}""", true)]
    [InlineData("""{"twice":2}""", true)]
    public void A_payload_matches_or_not(string filter, bool matches)
    {
        using var payload = JsonDocument.Parse(Payload);
        EventFilter.Parse(new RawJson(filter)).Value.ShouldNotBeNull().Matches(payload.RootElement).ShouldBe(matches);
    }

    [Theory]
    [InlineData("[]", "must be an object")]
    [InlineData("1", "must be an object")]
    [InlineData("""{"or":{}}""", "or, which must be a list")]
    [InlineData("""{"and":[1]}""", "so must each condition")]
    [InlineData("""{"amount":{"above":1}}""", "none of eq, ne")]
    [InlineData("""{"amount":{"gt":null}}""", "a number or a string")]
    [InlineData("""{"amount":{"in":1}}""", "must be a list")]
    [InlineData("""{"status":{"like":1}}""", "a pattern")]
    [InlineData("""{"status":{"isNull":1}}""", "true or false")]
    [InlineData("""{"":1}""", "a path")]
    [InlineData("""{"a..b":1}""", "a path")]
    public void What_is_no_filter_is_refused_with_its_reason(string filter, string reason)
    {
        var error = EventFilter.Parse(new RawJson(filter)).Problem.ShouldNotBeNull().Errors.ShouldHaveSingleItem();
        error.Field.ShouldBe("trigger.filter");
        error.Message.ShouldContain(reason);
    }

    [Fact]
    public void A_filter_is_bounded_in_depth_and_number()
    {
        var deep = string.Concat(Enumerable.Repeat("""{"not":""", 22)) + "{}" + new string('}', 22);
        var wide = $"{{{string.Join(',', Enumerable.Range(0, 1_001).Select(i => $"\"f{i}\":1"))}}}";
        EventFilter.Parse(new RawJson(deep)).Problem.ShouldNotBeNull().Detail.ShouldContain("20 levels");
        EventFilter.Parse(new RawJson(wide)).Problem.ShouldNotBeNull().Detail.ShouldContain("1000 conditions");
    }
}
