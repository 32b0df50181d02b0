using CsCheck;
using Sandbox.Supervisor.HttpTriggers;
using Sandbox.Supervisor.Rest;
using Sandbox.Supervisor.Scripts;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Http;

public sealed class TenantRoutesTests
{
    private static Route Of(string path, params string[] methods) =>
        new(Guid.NewGuid(), path, RouteTemplate.Parse(path).Value!, new HttpTrigger { Path = path, Methods = methods });

    private static string[] Segments(string path) => RequestPath.Parse("/api/scripts" + path)!.Segments.ToArray();

    [Theory(Timeout = 10_000)]
    [InlineData("/orders/new", "/orders/new", "")]
    [InlineData("/orders/7", "/orders/{id}", "id=7")]
    [InlineData("/orders/7/lines", "/orders/{id}/lines", "id=7")]
    [InlineData("/orders/new/lines", "/orders/{id}/lines", "id=new")]
    [InlineData("/orders/7/other", "/orders/{*rest}", "rest=7/other")]
    [InlineData("/orders", "/orders/{*rest}", "rest=")]
    [InlineData("/", "/", "")]
    public Task A_literal_outranks_a_parameter_and_a_parameter_a_catch_all(string path, string template, string parameters)
    {
        var routes = new TenantRoutes([Of("/orders/{*rest}", "GET"), Of("/orders/{id}", "GET"), Of("/orders/new", "GET"), Of("/orders/{id}/lines", "GET"), Of("/", "GET")]);

        var match = routes.Find("GET", Segments(path));

        match.Route.ShouldNotBeNull().Template.Text.ShouldBe(template);
        string.Join('&', match.Parameters.Select(pair => $"{pair.Key}={pair.Value}")).ShouldBe(parameters);
        return Task.CompletedTask;
    }

    [Fact(Timeout = 10_000)]
    public Task A_path_with_other_methods_names_them_and_one_without_any_names_none()
    {
        var routes = new TenantRoutes([Of("/orders", "POST"), Of("/{anything}", "GET")]);

        routes.Find("DELETE", Segments("/orders")).Allowed.ShouldBe(["GET", "HEAD", "OPTIONS", "POST"]);
        routes.Find("GET", Segments("/orders/7")).Allowed.ShouldBeEmpty();
        routes.Find("get", Segments("/orders")).Route.ShouldBeNull();
        return Task.CompletedTask;
    }

    [Fact(Timeout = 10_000)]
    public Task HEAD_is_answered_by_the_GET_route_unless_it_has_one_of_its_own()
    {
        var get = Of("/a", "GET");
        var head = Of("/a", "HEAD");

        new TenantRoutes([get]).Find("HEAD", Segments("/a")).Route.ShouldBe(get);
        new TenantRoutes([get, head]).Find("HEAD", Segments("/a")).Route.ShouldBe(head);
        return Task.CompletedTask;
    }

    [Fact(Timeout = 60_000)]
    public Task Whatever_is_asked_for_a_match_gives_one_value_to_each_parameter_of_its_template() => Task.Run(() =>
    {
        var segment = Gen.OneOf(Gen.Const("a"), Gen.Const("b"), Gen.Const("{x}"), Gen.Const("{y}"));
        var template = Gen.Select(segment.Array[0, 4], Gen.Bool).Select((parts, all) => "/" + string.Join('/', parts.Distinct().Concat(all ? ["{*rest}"] : [])));
        var path = Gen.OneOf(Gen.Const("a"), Gen.Const("b"), Gen.Const("c"), Gen.Const("")).Array[0, 5];
        Gen.Select(template.Array[1, 6], path).Sample((templates, segments) =>
        {
            var routes = new TenantRoutes([.. templates.Distinct().Select(text => Of(text, "GET"))]);
            var match = routes.Find("GET", segments);
            if (match.Route is null) return;
            var named = match.Route.Template.Segments.Where(part => part.Kind != RouteSegmentKind.Literal).Select(part => part.Text);
            match.Parameters.Select(pair => pair.Key).ShouldBe(named);
        });
    }, TestContext.Current.CancellationToken);
}
