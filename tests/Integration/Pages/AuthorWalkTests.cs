using Sandbox.Tests.Integration.Http;
using Xunit;

namespace Sandbox.Tests.Integration.Pages;

/// <summary>A script from the first line to its roll back.</summary>
public sealed class AuthorWalkTests(SharedProduct shared)
{
    [Fact(Timeout = 180_000)]
    public async Task A_script_is_written_tried_published_called_understood_and_rolled_back() => await BrowserWalk.TakeAsync(await shared.Product, "author");
}
