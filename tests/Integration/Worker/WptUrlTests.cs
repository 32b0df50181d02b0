using System.Text.Json;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Worker;

/// <summary>URL against the vectors of web-platform-tests.</summary>
public sealed class WptUrlTests(WorkerFixture fixture, ITestOutputHelper output) : IClassFixture<WorkerFixture>
{
    private const int Timeout = 120_000;

    private const string Parse = """
        const failed = [];
        const cases = context.input.filter(it => typeof it === 'object');
        for (const it of cases) {
          let url = null;
          try { url = new URL(it.input, it.base ?? undefined) } catch {}
          if (it.failure) { if (url !== null) failed.push(`${it.input} against ${it.base}: parsed`); continue }
          if (url === null) { failed.push(`${it.input} against ${it.base}: refused`); continue }
          for (const key of ['href', 'origin', 'protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search', 'hash'])
            if (key in it && url[key] !== it[key]) failed.push(`${it.input} against ${it.base}: ${key} is ${url[key]}`);
        }
        return { count: cases.length, failed };
        """;

    private const string Set = """
        const failed = [];
        let count = 0;
        for (const [key, cases] of Object.entries(context.input)) {
          if (key === 'comment') continue;
          for (const it of cases) {
            count++;
            const url = new URL(it.href);
            url[key] = it.new_value;
            for (const [name, value] of Object.entries(it.expected)) if (url[name] !== value) failed.push(`${it.href} ${key}=${it.new_value}: ${name} is ${url[name]}`);
          }
        }
        return { count, failed };
        """;

    [Fact(Timeout = Timeout)]
    public Task Addresses_are_parsed_as_the_standard_says() => HoldAsync(Parse, "urltestdata.json", atLeast: 800);

    [Fact(Timeout = Timeout)]
    public Task Parts_are_set_as_the_standard_says() => HoldAsync(Set, "setters_tests.json", atLeast: 200);

    private async Task HoldAsync(string source, string file, int atLeast)
    {
        var data = await File.ReadAllTextAsync(Path.Combine(RunningProduct.Root, "tests/Integration/Worker/Wpt", file), TestContext.Current.CancellationToken);
        var result = JsonDocument.Parse((await fixture.Worker.OutputAsync(source, data))!).RootElement;
        var count = result.GetProperty("count").GetInt32();
        string[] failed = [.. result.GetProperty("failed").EnumerateArray().Select(item => item.GetString()!)];
        output.WriteLine($"{file}: {count} cases, {failed.Length} failures");

        failed.ShouldBeEmpty();
        count.ShouldBeGreaterThan(atLeast);
    }
}
