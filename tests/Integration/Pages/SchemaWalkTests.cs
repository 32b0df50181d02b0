using Sandbox.Tests.Integration.Http;
using Xunit;

namespace Sandbox.Tests.Integration.Pages;

/// <summary>An input schema in the editor.</summary>
public sealed class SchemaWalkTests(SharedProduct shared)
{
    [Fact(Timeout = 180_000)]
    public async Task An_input_schema_gives_a_value_to_try_and_a_type() => await BrowserWalk.TakeAsync(await shared.Product, "schemas");
}
