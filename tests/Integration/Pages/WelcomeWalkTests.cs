using Sandbox.Tests.Integration.Http;
using Xunit;

namespace Sandbox.Tests.Integration.Pages;

/// <summary>The set-up link, the first account and its sign-in.</summary>
public sealed class WelcomeWalkTests(SharedProduct shared)
{
    [Fact(Timeout = 180_000)]
    public Task The_set_up_link_makes_an_account_that_signs_in_with_two_steps() => BrowserWalk.TakeAsync(shared, "welcome");
}
