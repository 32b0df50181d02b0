using Sandbox.Supervisor.Schemas;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Schemas;

public sealed class JsonSchemaCheckTests
{
    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer","minimum":1}}}""", """{"a":0}""", "/a", "at least 1")]
    [InlineData("""{"required":["a"]}""", "{}", "", "a")]
    [InlineData("""{"items":{"type":"string"}}""", """["x",2]""", "/1", "string")]
    [InlineData("""{"const":3}""", "4", "", "3")]
    [InlineData("""{"if":{"type":"string"},"then":{"minLength":2}}""", "\"x\"", "", "2")]
    [InlineData("""{"additionalProperties":false}""", """{"a/b":1}""", "/a~1b", "false schema")]
    [InlineData("""{"format":"date-time"}""", "\"yesterday\"", "", "date-time")]
    [InlineData("""{"pattern":"^x"}""", """{"a":1}""", null, null)]
    [InlineData("""{"type":"integer"}""", "1.0", null, null)]
    [InlineData("""{"$ref":"#/$defs/n","$defs":{"n":{"type":"number"}}}""", "12345678901234567890123", null, null)]
    public void A_value_that_does_not_match_is_told_with_its_place_and_reason(string schema, string value, string? path, string? reason)
    {
        var mismatches = JsonSchemaCheck.Read(schema, out _).ShouldNotBeNull().Mismatches(value);

        if (path is null)
        {
            mismatches.ShouldBeEmpty();
            return;
        }

        mismatches[0].Path.ShouldBe(path);
        mismatches[0].Reason.ShouldContain(reason!);
    }

    [Theory]
    [InlineData("{\"type\":")]
    [InlineData("[]")]
    [InlineData("""{"type":"nonsense"}""")]
    [InlineData("""{"pattern":"("}""")]
    [InlineData("""{"$schema":"http://json-schema.org/draft-04/schema#"}""")]
    public void A_text_that_is_no_schema_is_refused_with_a_reason(string text)
    {
        JsonSchemaCheck.Read(text, out var complaint).ShouldBeNull();
        complaint.ShouldNotBeNullOrEmpty();
    }

    [Theory]
    [InlineData("""{"minLength":1}""", "\"\\ud800\"")]
    [InlineData("""{"$ref":"https://example.com/elsewhere"}""", "1")]
    public void A_value_that_cannot_be_checked_does_not_match(string schema, string value) =>
        JsonSchemaCheck.Read(schema, out _).ShouldNotBeNull().Mismatches(value).ShouldHaveSingleItem().Path.ShouldBe("");

    [Fact]
    public void Two_schemas_may_have_the_same_id()
    {
        var texts = JsonSchemaCheck.Read("""{"$id":"https://example.com/a","type":"string"}""", out _).ShouldNotBeNull();
        var numbers = JsonSchemaCheck.Read("""{"$id":"https://example.com/a","type":"number"}""", out _).ShouldNotBeNull();

        (texts.Mismatches("1").Count, numbers.Mismatches("1").Count).ShouldBe((1, 0));
    }
}
