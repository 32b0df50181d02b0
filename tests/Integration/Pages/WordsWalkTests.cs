using Sandbox.Tests.Integration.Http;
using Xunit;

namespace Sandbox.Tests.Integration.Pages;

/// <summary>The reader's own language and time zone.</summary>
public sealed class WordsWalkTests(SharedProduct shared)
{
    [Fact(Timeout = 180_000)]
    public async Task Scripts_show_the_texts_that_the_page_carries_and_times_are_on_the_browser_s_clock() => await BrowserWalk.TakeAsync(await shared.Product, "words");
}
