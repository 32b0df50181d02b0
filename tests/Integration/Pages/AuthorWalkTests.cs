using Sandbox.Tests.Integration.Http;
using Xunit;

namespace Sandbox.Tests.Integration.Pages;

/// <summary>A script from the first line to its roll back.</summary>
public sealed class AuthorWalkTests(SharedProduct shared)
{
    [Fact(Timeout = 180_000)]
    public async Task A_script_is_written_tried_published_called_understood_and_rolled_back() => await BrowserWalk.TakeAsync(await shared.Product, "author");

    [Fact(Timeout = 180_000)]
    public async Task Versions_are_read_and_compared_in_the_code_editor() => await BrowserWalk.TakeAsync(await shared.Product, "reading");

    [Fact(Timeout = 180_000)]
    public async Task Two_people_write_the_same_script_and_a_viewer_and_an_operator_do_only_theirs() => await BrowserWalk.TakeAsync(await shared.Product, "together");
}
