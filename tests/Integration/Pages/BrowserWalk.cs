using System.Diagnostics;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Pages;

/// <summary>What people do on the pages, in Debian's Chromium. Each file of <c>tests/browser</c> is one walk. With the variable EVERY_PAIR pages are
/// looked at in every pair of theme and width, and pictures lie in <c>artifacts/pages</c>.</summary>
internal static class BrowserWalk
{
    public static async Task TakeAsync(RunningProduct product, string name)
    {
        var tenant = await product.CreateTenantAsync($"browser-{name}");
        var pictures = Path.Combine(RunningProduct.Root, "artifacts/pages");
        Directory.CreateDirectory(pictures);
        using var node = Process.Start(new ProcessStartInfo("node", [$"{name}.js"])
        {
            WorkingDirectory = Path.Combine(RunningProduct.Root, "tests/browser"),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["SANDBOX_URL"] = product.Env["SANDBOX_URL"],
                ["SANDBOX_TOKEN"] = product.Env["SANDBOX_ADMIN_TOKEN"],
                ["SANDBOX_TENANT"] = tenant.Slug,
                ["SANDBOX_SETUP_URL"] = product.Env["SANDBOX_SETUP_URL"],
                // Pictures of every page at every width cost more than the walk itself: who wants them asks.
                ["SCREENSHOTS"] = Environment.GetEnvironmentVariable("EVERY_PAIR") is null ? "" : pictures,
            },
        })!;
        try
        {
            var said = await Task.WhenAll(
                node.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken),
                node.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
            await node.WaitForExitAsync(TestContext.Current.CancellationToken);
            node.ExitCode.ShouldBe(0, string.Concat(said));
        }
        finally
        {
            if (!node.HasExited) node.Kill(entireProcessTree: true);
        }
    }
}
