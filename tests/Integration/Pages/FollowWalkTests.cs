using Sandbox.Tests.Integration.Http;
using Xunit;

namespace Sandbox.Tests.Integration.Pages;

/// <summary>Pages that are seen while executions run.</summary>
public sealed class FollowWalkTests(SharedProduct shared)
{
    [Fact(Timeout = 180_000)]
    public async Task The_page_of_a_script_follows_what_runs_and_moves_nothing_that_is_read() => await BrowserWalk.TakeAsync(await shared.Product, "follow");

    [Fact(Timeout = 180_000)]
    public async Task The_list_of_executions_is_a_live_tail_once_it_is_switched_on() => await BrowserWalk.TakeAsync(await shared.Product, "tail");

    [Fact(Timeout = 180_000)]
    public async Task All_executions_that_match_run_again_or_are_cancelled() => await BrowserWalk.TakeAsync(await shared.Product, "bulk");
}
