using System.Text.Json;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Worker;

/// <summary>TextDecoder against the labels and the single-byte indexes of the Encoding Standard, as web-platform-tests does it.</summary>
public sealed class WptEncodingTests(WorkerFixture fixture, ITestOutputHelper output) : IClassFixture<WorkerFixture>
{
    private const int Timeout = 120_000;

    // web-platform-tests: textdecoder-labels.any.js, api-replacement-encodings.any.js. White space around a label and its case do not count.
    private const string Labels = """
        const failed = [];
        let count = 0;
        for (const [name, labels] of Object.entries(context.input.labels)) {
          for (const label of labels.flatMap(it => [it, it.toUpperCase(), `\t\n\f\r ${it} `])) {
            count++;
            let found;
            try { found = new TextDecoder(label).encoding } catch (error) { found = error.name }
            if (found !== (name === 'replacement' ? 'RangeError' : name.toLowerCase())) failed.push(`${JSON.stringify(label)}: ${found}`);
          }
        }
        return { count, failed };
        """;

    // single-byte-decoder.html and textdecoder-fatal-single-byte.any.js.
    private const string Bytes = """
        const failed = [];
        let count = 0;
        for (const [name, index] of Object.entries(context.input.singleByte)) {
          const upper = index.split(' ').map(it => String.fromCharCode(parseInt(it, 16)));
          for (let byte = 0; byte < 256; byte++) {
            count += 2;
            const expected = byte < 128 ? String.fromCharCode(byte) : upper[byte - 128];
            const found = new TextDecoder(name).decode(new Uint8Array([byte]));
            if (found !== expected) failed.push(`${name} ${byte}: ${found.codePointAt(0).toString(16)}`);
            let strict;
            try { strict = new TextDecoder(name, { fatal: true }).decode(new Uint8Array([byte])) } catch (error) { strict = error.name }
            if (strict !== (expected === '\ufffd' ? 'TypeError' : expected)) failed.push(`${name} ${byte}, fatal: ${strict}`);
          }
          count++;
          const whole = new TextDecoder(name).decode(Uint8Array.from({ length: 128 }, (_, at) => at + 128));
          if (whole !== upper.join('')) failed.push(`${name}: all bytes at once`);
        }
        return { count, failed };
        """;

    [Fact(Timeout = Timeout)]
    public Task Each_label_names_its_encoding() => HoldAsync(Labels, "labels", atLeast: 600);

    [Fact(Timeout = Timeout)]
    public Task Each_byte_of_a_single_byte_encoding_is_its_character() => HoldAsync(Bytes, "single bytes", atLeast: 14_000);

    private async Task HoldAsync(string source, string what, int atLeast)
    {
        var data = await File.ReadAllTextAsync(Path.Combine(RunningProduct.Root, "tests/Integration/Worker/Wpt/encodings.json"), TestContext.Current.CancellationToken);
        var result = JsonDocument.Parse((await fixture.Worker.OutputAsync(source, data))!).RootElement;
        var count = result.GetProperty("count").GetInt32();
        string[] failed = [.. result.GetProperty("failed").EnumerateArray().Select(item => item.GetString()!)];
        output.WriteLine($"{what}: {count} cases, {failed.Length} failures");

        failed.ShouldBeEmpty();
        count.ShouldBeGreaterThan(atLeast);
    }
}
