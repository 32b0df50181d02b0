using Sandbox.Tests.Integration.Http;
using Xunit;

namespace Sandbox.Tests.Integration.Pages;

/// <summary>Every page. A class of its own, as it takes long.</summary>
public sealed class PagesWalkTests(SharedProduct shared)
{
    [Fact(Timeout = 300_000)]
    public async Task Every_page_is_accessible_in_both_themes_and_on_a_phone_and_strangers_text_stays_text() => await BrowserWalk.TakeAsync(await shared.Product, "pages");
}
