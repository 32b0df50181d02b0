using Sandbox.Tests.Integration.Http;
using Xunit;

namespace Sandbox.Tests.Integration.Pages;

/// <summary>The set-up link, the first account and its sign-in. The link works once, so the product is this class's own.</summary>
public sealed class WelcomeWalkTests(ProductFixture fixture) : IClassFixture<ProductFixture>
{
    [Fact(Timeout = 180_000)]
    public Task The_set_up_link_makes_an_account_that_signs_in_with_two_steps() => BrowserWalk.TakeAsync(fixture.Product, "welcome");
}
