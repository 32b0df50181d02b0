using Sandbox.Tests.Integration.Http;
using Xunit;

namespace Sandbox.Tests.Integration.Pages;

/// <summary>Who has no mouse.</summary>
public sealed class KeyboardWalkTests(SharedProduct shared)
{
    [Fact(Timeout = 180_000)]
    public async Task All_that_people_do_most_is_done_by_keyboard_alone_and_the_focus_is_seen() => await BrowserWalk.TakeAsync(await shared.Product, "keyboard");
}
