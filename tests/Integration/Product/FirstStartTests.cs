using System.Net;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Product;

/// <summary>What a newcomer sees on a fresh data directory.</summary>
public sealed class FirstStartTests
{
    [Fact(Timeout = 120_000)]
    public async Task A_first_start_writes_no_warning_and_no_error_and_ends_with_what_to_try()
    {
        await using var product = await RunningProduct.StartFreshAsync();
        using (var hello = await product.Endpoints.GetAsync(new Uri("/t/demo/api/scripts/hello", UriKind.Relative), TestContext.Current.CancellationToken)) hello.StatusCode.ShouldBe(HttpStatusCode.OK);
        while (!product.Output.Contains("executions?limit=", StringComparison.Ordinal)) await Task.Delay(20, TestContext.Current.CancellationToken);

        var lines = product.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        // A machine that lacks a measure of isolation is warned of it; that is another matter.
        lines.Where(line => line.Contains("Z warn: ", StringComparison.Ordinal) || line.Contains("Z fail: ", StringComparison.Ordinal) || line.Contains("Z crit: ", StringComparison.Ordinal))
            .Where(line => !line.Contains(" Isolation, ", StringComparison.Ordinal)).ShouldBeEmpty();
        lines.TakeWhile(line => !line.StartsWith("Sandbox is ready.", StringComparison.Ordinal)).Count(line => !line.Contains("missing. ", StringComparison.Ordinal)).ShouldBeLessThanOrEqualTo(5);
    }
}
