using Sandbox.Tests.Integration.Http;
using Xunit;

namespace Sandbox.Tests.Integration.Pages;

/// <summary>The page of a script while it runs.</summary>
public sealed class FollowWalkTests(SharedProduct shared)
{
    [Fact(Timeout = 180_000)]
    public async Task The_page_of_a_script_follows_what_runs_and_moves_nothing_that_is_read() => await BrowserWalk.TakeAsync(await shared.Product, "follow");
}
