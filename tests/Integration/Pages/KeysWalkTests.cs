using Sandbox.Tests.Integration.Http;
using Xunit;

namespace Sandbox.Tests.Integration.Pages;

/// <summary>Keys of one letter.</summary>
public sealed class KeysWalkTests(SharedProduct shared)
{
    [Fact(Timeout = 180_000)]
    public async Task Keys_of_one_letter_lead_around_rest_where_one_types_and_can_be_turned_off() => await BrowserWalk.TakeAsync(await shared.Product, "keys");
}
