using System.Diagnostics;
using Sandbox.Tests.Integration.Http;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Pages;

/// <summary>What people do on the pages, in Debian's Chromium. Each file of <c>tests/browser</c> is one walk; pictures lie in <c>artifacts/pages</c>.</summary>
public sealed class BrowserTests(SharedProduct shared)
{
    private const int Patience = 180_000;

    [Fact(Timeout = Patience)]
    public async Task A_script_is_written_tried_published_called_understood_and_rolled_back() => await WalkAsync("author");

    [Fact(Timeout = Patience)]
    public async Task An_input_schema_gives_a_value_to_try_and_a_type() => await WalkAsync("schemas");

    [Fact(Timeout = Patience)]
    public async Task Every_page_is_accessible_in_both_themes_and_on_a_phone_and_strangers_text_stays_text() => await WalkAsync("pages");

    [Fact(Timeout = Patience)]
    public async Task Keys_of_one_letter_lead_around_rest_where_one_types_and_can_be_turned_off() => await WalkAsync("keys");

    private async Task WalkAsync(string name)
    {
        var product = await shared.Product;
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
                ["SCREENSHOTS"] = pictures,
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
