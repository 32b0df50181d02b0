using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Worker;

/// <summary>
/// Libraries that people paste into their scripts answer in an isolate as they do in Node. Each file of <c>tests/libraries</c> bundles one of them
/// and makes a dozen calls.
/// </summary>
public sealed class LibrariesTests(WorkerFixture fixture) : IClassFixture<WorkerFixture>
{
    /// <summary>Bytes of the longest source that the product takes.</summary>
    private const int SourceBytesMax = 100 * 1024;

    /// <summary>What a bundler must be told of libraries that make code from strings, or write to <c>globalThis</c>, when they are loaded.</summary>
    private static readonly Dictionary<string, string[]> s_needs = new(StringComparer.Ordinal)
    {
        ["lodash"] = ["--define:global=globalThis"],
        ["zod"] = ["--banner:js=const ownGlobal = Object.create(globalThis);", "--define:globalThis=ownGlobal"],
    };

    private static readonly string s_folder = Path.Combine(RunningProduct.Root, "tests/libraries");

    [Theory(Timeout = 120_000)]
    [InlineData("dayjs", true)]
    [InlineData("decimal", true)]
    [InlineData("js-yaml", true)]
    [InlineData("lodash", true)]
    [InlineData("luxon", true)]
    [InlineData("papaparse", true)]
    [InlineData("uuid", true)]
    [InlineData("validator", false)]
    [InlineData("zod", false)]
    public async Task A_library_answers_as_in_Node(string name, bool fits)
    {
        var bundle = await RunAsync(
            Path.Combine(RunningProduct.Root, "worker/node_modules/.bin/esbuild"),
            [$"{name}.js", "--bundle", "--minify", "--format=iife", "--global-name=library", "--target=es2023", "--log-level=error", .. s_needs.GetValueOrDefault(name, [])]);
        (Encoding.UTF8.GetByteCount(bundle) <= SourceBytesMax).ShouldBe(fits);
        var expected = await RunAsync("node", ["-"], $"{bundle}\n(async () => console.log(JSON.stringify(await library.default())))();");

        var output = await fixture.Worker.OutputAsync($"{bundle}\nreturn library.default();");

        JsonNode.Parse(expected)!.AsArray().Count.ShouldBeGreaterThanOrEqualTo(12);
        output.ShouldBe(expected.TrimEnd());
    }

    [Fact]
    public void Each_library_of_the_folder_is_tested()
    {
        var tested = typeof(LibrariesTests).GetMethod(nameof(A_library_answers_as_in_Node))!.GetCustomAttributesData()
            .Where(attribute => attribute.AttributeType == typeof(InlineDataAttribute))
            .Select(attribute => (string)((IReadOnlyList<System.Reflection.CustomAttributeTypedArgument>)attribute.ConstructorArguments[0].Value!)[0].Value!);

        Directory.GetFiles(s_folder, "*.js").Select(Path.GetFileNameWithoutExtension).ShouldBe(tested, ignoreOrder: true);
    }

    private static async Task<string> RunAsync(string program, string[] arguments, string input = "")
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = s_folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.Environment["TZ"] = "UTC";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var text = await output;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(0, program);
        return text;
    }
}
