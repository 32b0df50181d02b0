using Sandbox.Supervisor.HttpTriggers;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Http;

public sealed class RequestPathTests
{
    [Theory(Timeout = 10_000)]
    [InlineData("/api/scripts", null, "/", "")]
    [InlineData("/api/scripts/", null, "/", "")]
    [InlineData("/api/scripts/orders/7?x=/y", null, "/orders/7", "orders|7")]
    [InlineData("/api/scripts/a%2Fb/c%20d/", null, "/a%2Fb/c%20d/", "a/b|c d")]
    [InlineData("/t/demo/api/scripts/hello", "demo", "/hello", "hello")]
    [InlineData("http://somewhere:1/t/demo/api/scripts/hello", "demo", "/hello", "hello")]
    [InlineData("/api/scripts//a", null, "//a", "|a")]
    public Task A_target_is_split_before_it_is_decoded(string target, string? slug, string path, string segments)
    {
        var parsed = RequestPath.Parse(target).ShouldNotBeNull();
        parsed.TenantSlug.ShouldBe(slug);
        parsed.Path.ShouldBe(path);
        string.Join('|', parsed.Segments).ShouldBe(segments);
        return Task.CompletedTask;
    }

    [Theory(Timeout = 10_000)]
    [InlineData("/")]
    [InlineData("*")]
    [InlineData("/api/v1/scripts")]
    [InlineData("/api/scriptsx")]
    [InlineData("/t//api/scripts/a")]
    [InlineData("/t/demo/api/v1/scripts")]
    [InlineData("/t/a/t/b/api/scripts/a")]
    [InlineData("/api/scripts/../v1")]
    [InlineData("/api/scripts/%2e%2e/v1")]
    [InlineData("//api/scripts/a")]
    [InlineData("http://nothing")]
    public Task What_is_no_endpoints_target_is_none(string target)
    {
        RequestPath.Parse(target).ShouldBeNull();
        return Task.CompletedTask;
    }
}
