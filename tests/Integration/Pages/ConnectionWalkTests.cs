using Sandbox.Tests.Integration.Http;
using Xunit;

namespace Sandbox.Tests.Integration.Pages;

/// <summary>A server that is not reached.</summary>
public sealed class ConnectionWalkTests(SharedProduct shared)
{
    [Fact(Timeout = 180_000)]
    public async Task A_lost_connection_shows_and_heals_and_an_ended_session_leads_back() => await BrowserWalk.TakeAsync(await shared.Product, "connection");
}
