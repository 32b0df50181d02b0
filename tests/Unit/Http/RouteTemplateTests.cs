using Sandbox.Supervisor.HttpTriggers;
using Sandbox.Supervisor.Scripts;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Http;

public sealed class RouteTemplateTests
{
    [Theory(Timeout = 10_000)]
    [InlineData("/", "/")]
    [InlineData("/orders", "/orders")]
    [InlineData("/orders/", "/orders")]
    [InlineData("/orders/{id}", "/orders/{}")]
    [InlineData("/orders/{order_id}/lines/{line}", "/orders/{}/lines/{}")]
    [InlineData("/files/{*rest}", "/files/{*}")]
    [InlineData("/{*all}", "/{*}")]
    public Task A_template_has_the_shape_of_what_it_matches(string text, string shape)
    {
        RouteTemplate.Parse(text).Value.ShouldNotBeNull().Shape.ShouldBe(shape);
        return Task.CompletedTask;
    }

    [Theory(Timeout = 10_000)]
    [InlineData("", "begin with /")]
    [InlineData("orders", "begin with /")]
    [InlineData("/orders//lines", "''")]
    [InlineData("/{id}/{id}", "twice")]
    [InlineData("/{*rest}/more", "catch-all")]
    [InlineData("/{1}", "{1}")]
    [InlineData("/a{id}", "a{id}")]
    [InlineData("/{id", "{id")]
    [InlineData("/a b", "a b")]
    [InlineData("/a%20b", "a%20b")]
    [InlineData("/..", "..")]
    [InlineData("/a?b", "a?b")]
    public Task A_template_that_is_none_is_refused_with_its_field_and_why(string text, string why)
    {
        var error = RouteTemplate.Parse(text).Problem.ShouldNotBeNull().Errors.ShouldHaveSingleItem();
        error.Field.ShouldBe("trigger.path");
        error.Message.ShouldContain(why);
        return Task.CompletedTask;
    }
}
