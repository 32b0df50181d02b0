using System.Globalization;
using System.Text.Json;
using Sandbox.Protocol.Rpc;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Worker;

public sealed class ExecutionTests(WorkerFixture fixture) : IClassFixture<WorkerFixture>
{
    private const int Timeout = 60_000;
    private WorkerProcess Worker => fixture.Worker;

    [Theory(Timeout = Timeout)]
    [InlineData("const { a } = context.input;\nreturn { price: a * 2, tenant: context.tenant };", """{"price":42,"tenant":"demo"}""")]
    [InlineData("let context = 1; return context;", "1")]
    [InlineData("var sdk = 2; return sdk", "2")]
    [InlineData("function a() { return 1 } function a() { return 2 } return a();", "2")]
    [InlineData("return typeof this + typeof arguments[0]", "\"undefinedundefined\"")]
    [InlineData("return [typeof require, typeof process, typeof module].join()", "\"undefined,undefined,undefined\"")]
    [InlineData("return await new Promise(r => setTimeout(r, 5, 'x'))", "\"x\"")]
    [InlineData("const t = setTimeout(() => { throw 1 }, 1); clearTimeout(t); await new Promise(r => setTimeout(r, 10)); return 1", "1")]
    [InlineData("let o = ''; queueMicrotask(() => { o += 'b' }); o += 'a'; await null; return o", "\"ab\"")]
    [InlineData("const o = []; for (const i of [3, 1, 2]) setTimeout(() => o.push(i), i * 100); await new Promise(r => setTimeout(r, 500)); return o", "[1,2,3]")]
    [InlineData("export default (context, sdk) => [context.input.a, typeof sdk.log.info]", "[21,\"function\"]")]
    [InlineData("export default async function ({ input }) { return input.a + extra() }\nfunction extra() { return 1 }", "22")]
    [InlineData("export default function main() { return helper }\nexport const helper = main.name, other = 2;", "\"main\"")]
    [InlineData("export default function () { return 1 }\n(function () { globalThis.never })()", "1")]
    [InlineData("const f = () => 7\nexport { f as default, f as 'a string' }\n", "7")]
    [InlineData("export default class { static x = 1 }", null)]
    [InlineData("using r = { [Symbol.dispose]() {} };\nexport default () => 'used';", "\"used\"")]
    [InlineData("const a = 'b'; export/**/default/**/() => a", "\"b\"")]
    [InlineData("const x = await Promise.resolve(5); export default () => x;", "5")]
    [InlineData("return '#' + /export default/.source", "\"#export default\"")]
    [InlineData("return { import: 1, 'import(': 2 }.import + 'import(1)'.length", "10")]
    [InlineData("const o = { import(x) { return x } }; return o.import(3)", "3")]
    public async Task A_source_runs(string source, string? output)
    {
        var result = await Worker.RunAsync(source, """{"a":21}""");
        if (output is null)
        {
            result.Outcome.ShouldBe(InvocationOutcome.Threw);
            return;
        }

        result.Error?.Message.ShouldBeNull();
        result.Outcome.ShouldBe(InvocationOutcome.Completed);
        result.Output.ShouldBe(output);
    }

    [Theory(Timeout = Timeout)]
    [InlineData("return undefined", null)]
    [InlineData("return () => 1", null)]
    [InlineData("return { a: undefined, b: () => 1, c: Symbol('x'), d: new Date(0), e: NaN, f: -Infinity }", """{"d":"1970-01-01T00:00:00.000Z","e":null,"f":null}""")]
    [InlineData("return 'a\\u0000b\\ud800'", "\"a\\u0000b\\ud800\"")]
    [InlineData("return context.input", "{\"s\":\"\\ud800\\u0000\"}", "{\"s\":\"\\ud800\\u0000\"}")]
    [InlineData("let x = 1; for (let i = 0; i < 500; i++) x = [x]; return x.length", "1")]
    public async Task Values_cross_as_JSON_has_them(string source, string? output, string input = "null") =>
        (await Worker.OutputAsync(source, input)).ShouldBe(output);

    [Theory(Timeout = Timeout)]
    [InlineData("return 10n")]
    [InlineData("const a = {}; a.a = a; return a")]
    [InlineData("return { toJSON() { throw new Error('no') } }")]
    [InlineData("return { get a() { throw 1 } }")]
    [InlineData("return new Proxy({}, { get(_, key) { if (key !== 'then') throw 1 }, ownKeys() { throw 2 } })")]
    [InlineData("let x = 1; for (let i = 0; i < 501; i++) x = [x]; return x")]
    [InlineData("let x = 1; for (let i = 0; i < 100000; i++) x = { x }; return x")]
    public async Task What_JSON_cannot_say_is_invalid_output(string source) =>
        (await Worker.RunAsync(source)).Outcome.ShouldBe(InvocationOutcome.InvalidOutput);

    [Fact(Timeout = Timeout)]
    public async Task Five_hundred_levels_are_accepted_both_ways()
    {
        var deep = new string('[', 500) + new string(']', 500);
        (await Worker.OutputAsync("return context.input", deep)).ShouldBe(deep);
    }

    [Theory(Timeout = Timeout)]
    [InlineData("return 'x'.repeat(1 << 20)", InvocationOutcome.OutputTooLarge)]
    [InlineData("return 'x'.repeat((1 << 20) - 2)", InvocationOutcome.Completed)]
    [InlineData("return 'ж'.repeat((1 << 19))", InvocationOutcome.OutputTooLarge)]
    [InlineData("return 'ж'.repeat((1 << 19) - 1)", InvocationOutcome.Completed)]
    public async Task Output_is_counted_in_bytes(string source, InvocationOutcome outcome) =>
        (await Worker.RunAsync(source)).Outcome.ShouldBe(outcome);

    [Fact(Timeout = Timeout)]
    public async Task Context_is_deeply_frozen_and_fresh()
    {
        const string Source = """
            const before = Object.keys(context).length;
            for (const target of [context, context.input, context.input.list, context.trigger, sdk, sdk.log, console])
              if (!Object.isFrozen(target)) return 'not frozen';
            try { context.x = 1 } catch (e) { return e.constructor.name + before }
            """;
        var first = await Worker.OutputAsync(Source, """{"list":[1]}""");
        first.ShouldNotBeNull().ShouldStartWith("\"TypeError");
        (await Worker.OutputAsync(Source, """{"list":[1]}""")).ShouldBe(first);
    }

    [Fact(Timeout = Timeout)]
    public async Task A_module_s_top_level_is_evaluated_anew()
    {
        const string Source = "let count = 0;\nexport default () => ++count;";
        (await Worker.OutputAsync(Source)).ShouldBe("1");
        (await Worker.OutputAsync(Source)).ShouldBe("1");
    }

    [Theory(Timeout = Timeout)]
    [InlineData("class NotPaid extends Error {}\nthrow new NotPaid('no')", "NotPaid", "NotPaid: no\n    at 2:7")]
    [InlineData("throw Object.assign(new TypeError('t'), { name: 'Mine', code: 'E1', status: 422 })", "Mine", "Mine: t\n    at 1:21\n    with {\"code\":\"E1\",\"status\":422}")]
    [InlineData("throw new Error('outer', { cause: new RangeError('inner') })", "Error", "Error: outer\n    at 1:7\nCaused by: RangeError: inner\n    at 1:35")]
    [InlineData("throw new Error('outer', { cause: 'a word' })", "Error", "Error: outer\n    at 1:7\nCaused by: a word")]
    [InlineData("throw new AggregateError([new Error('a'), 'b'], 'both')", "AggregateError", "AggregateError: both\n    at 1:7\nPart 1: Error: a\n    at 1:27\nPart 2: b")]
    [InlineData("const e = new Error('self'); e.cause = e; throw e", "Error", "Error: self\n    at 1:11\nCaused by: Error: self")]
    [InlineData("throw { status: 422 }", "Object", "Object: {\"status\":422}")]
    [InlineData("class Refusal { constructor() { this.message = 'm' } }\nthrow new Refusal()", "Refusal", "Refusal: m")]
    [InlineData("throw 'text'", null, "text")]
    public async Task A_failure_says_its_name_its_fields_its_causes_and_its_parts(string source, string? name, string stack)
    {
        var error = (await Worker.RunAsync(source)).Error.ShouldNotBeNull();
        (error.Name is null ? null : JsonSerializer.Deserialize<string>(error.Name)).ShouldBe(name);
        (error.Stack is null ? JsonSerializer.Deserialize<string>(error.Message) : JsonSerializer.Deserialize<string>(error.Stack)).ShouldBe(stack);
    }

    [Fact(Timeout = Timeout)]
    public async Task A_getter_that_never_ends_costs_what_is_known_of_a_failure_nothing()
    {
        var result = await Worker.RunAsync("throw { status: 500, get message() { for (;;); } }");
        result.Outcome.ShouldBe(InvocationOutcome.Threw);
        JsonSerializer.Deserialize<string>(result.Error!.Message).ShouldBe("""{"status":500,"message":"[Getter]"}""");
    }

    [Theory(Timeout = Timeout)]
    [InlineData("throw new Error('boo')", "boo", 1, 7)]
    [InlineData("\n\n  null.x", "Cannot read properties of null (reading 'x')", 3, 8)]
    [InlineData("class E extends Error { constructor(m) { super(m) } }\nclass F extends E { constructor(m) { super(m) } }\nfunction f() {\n  throw new F('sub')\n}\nf()", "sub", 4, 9)]
    [InlineData("class S { constructor() {\n throw new Error('in a constructor') } }\nnew S()", "in a constructor", 2, 8)]
    [InlineData("const e = new Error('made');\ne.stack = 'Error\\n at script:99:99';\nthrow e", "made", 1, 11)]
    [InlineData("const e = new TypeError('made');\nObject.defineProperty(e, 'stack', { get() { for (;;); } });\nthrow e", "made", 1, 11)]
    [InlineData("const e = new Error('late');\nawait null;\n\nthrow e", "late", 1, 11)]
    [InlineData("await null;\nawait (async () => {\n await null; undefinedName })()", "undefinedName is not defined", 3, 14)]
    [InlineData("//# sourceURL=driver.js\nthrow new RangeError('named')", "named", 2, 7)]
    [InlineData("function f() { f() }\nf()", "Maximum call stack size exceeded", 1, null)]
    [InlineData("export default () => {\n  throw new Error('module') }", "module", 2, 9)]
    [InlineData("export default async function ({ input }) { input.a.b }", "Cannot read properties of null (reading 'a')", 1, 51)]
    [InlineData("\uFEFFthrow new Error('behind a mark')", "behind a mark", 1, 7)]
    [InlineData("\uFEFFexport default () => { throw new Error('module behind a mark') }", "module behind a mark", 1, 30)]
    [InlineData("throw 'text'", "text", null, null)]
    [InlineData("throw null", "null", null, null)]
    [InlineData("throw { toString() { for (;;); }, get message() { for (;;); } }", "{\"toString\":[Function toString],\"message\":\"[Getter]\"}", null, null)]
    [InlineData("throw new Proxy(new Error('p'), { get() { for (;;); }, getOwnPropertyDescriptor() { throw 1 } })", "[unreadable]", null, null)]
    [InlineData("throw new Proxy(new Error('p'), { get() { for (;;); } })", "p", null, null)]
    [InlineData("throw Object.assign(Object.create(Error.prototype), { message: 'lost text' })", "lost text", null, null)]
    [InlineData("await Promise.reject({ status: 422, body: { field: 'x' } })", "{\"status\":422,\"body\":{\"field\":\"x\"}}", null, null)]
    [InlineData("throw Object.defineProperty(new Error(), 'message', { get: () => 'from a getter' })", "from a getter", 1, 29)]
    [InlineData("class H extends Error { get message() { return 'of the class' } }\nthrow new H()", "of the class", 2, 7)]
    [InlineData("throw Object.assign(new Error('x'), { message: { code: 7 } })", "{\"code\":7}", 1, 21)]
    [InlineData("throw Object.create({ message: 'inherited' })", "inherited", null, null)]
    [InlineData("class E extends Error { constructor(m) {\n super(m);\n } }\nthrow new E('sub')", "sub", 4, 7)]
    [InlineData("class S { constructor() {\n this.e = new TypeError('made in one') } }\nthrow new S().e", "made in one", 2, 11)]
    [InlineData("function E(m) {\n const e = Error.call(this, m) || this;\n return e }\nE.prototype = Object.create(Error.prototype);\nthrow new E('es5')", "es5", 5, 7)]
    [InlineData("return Promise.reject(new Error('rejected'))", "rejected", 1, 23)]
    public async Task An_error_says_where_it_was_made(string source, string message, int? line, int? column)
    {
        var result = await Worker.RunAsync(source);
        result.Outcome.ShouldBe(InvocationOutcome.Threw);
        JsonSerializer.Deserialize<string>(result.Error!.Message).ShouldBe(message);
        result.Error.Line.ShouldBe(line);
        if (column is not null || line is null) result.Error.Column.ShouldBe(column);
    }

    [Fact(Timeout = Timeout)]
    public async Task An_error_s_own_claims_count_for_little()
    {
        var claimed = (await Worker.RunAsync("const e = new Error('x'); e.code = 'TIMEOUT'; e.retryable = false; throw e")).Error!;
        claimed.Code.ShouldBeNull();
        claimed.Retryable.ShouldBeFalse();
        var inherited = (await Worker.RunAsync("const e = new Error('x'); Object.defineProperty(e, 'retryable', { get() { return false } }); throw e")).Error!;
        inherited.Retryable.ShouldBeTrue();
        var request = Worker.Request("sdk.respond(99)") with { IsHttp = true };
        (await Worker.RunAsync(request)).Error!.Code.ShouldBe("INVALID_ARGUMENT");
    }

    [Theory(Timeout = Timeout)]
    [InlineData("sdk.respond(201, { a: 1 })", """{"status":201,"headers":{"content-type":"application/json"},"body":"{\"a\":1}"}""")]
    [InlineData("sdk.respond(200, 'hi')", """{"status":200,"headers":{"content-type":"text/plain; charset=utf-8"},"body":"hi"}""")]
    [InlineData("sdk.respond(200, 'hi', { 'Content-Type': 'text/html', 'X-A': ['1', 2] }); return 5", """{"status":200,"headers":{"Content-Type":"text/html","X-A":["1","2"]},"body":"hi"}""")]
    [InlineData("sdk.respond(200, new Uint8Array([255, 0, 1, 2]).subarray(1))", """{"status":200,"headers":{"content-type":"application/octet-stream"},"body":"AAEC","bodyEncoding":"base64"}""")]
    [InlineData("sdk.respond(200, 1); sdk.respond(204)", """{"status":204,"headers":{},"body":null}""")]
    public async Task An_http_script_answers_as_it_likes(string source, string output)
    {
        var result = await Worker.RunAsync(Worker.Request(source) with { IsHttp = true });
        result.Outcome.ShouldBe(InvocationOutcome.Completed);
        result.Responded.ShouldBeTrue();
        result.Output.ShouldBe(output);
    }

    [Theory(Timeout = Timeout)]
    [InlineData("sdk.respond(600)")]
    [InlineData("sdk.respond('200')")]
    [InlineData("sdk.respond(200, '', { 'a b': '1' })")]
    [InlineData("sdk.respond(200, '', { a: '1\\r\\nb: 2' })")]
    [InlineData("sdk.respond(200, 1n)")]
    [InlineData("sdk.progress(NaN)")]
    public async Task What_HTTP_does_not_allow_is_an_invalid_argument(string source)
    {
        var result = await Worker.RunAsync(Worker.Request(source) with { IsHttp = true });
        result.Outcome.ShouldBe(InvocationOutcome.Threw);
        result.Error!.Code.ShouldBe("INVALID_ARGUMENT");
    }

    [Theory(Timeout = Timeout)]
    [InlineData("let a = 1;\nif (", 2, null)]
    [InlineData("let a;\nlet a;", 2, 5)]
    [InlineData("return 08", 1, null)]
    [InlineData("with (context) {}", 1, 1)]
    [InlineData("import x from 'y'", 1, 1)]
    [InlineData("const y = 1;\n  await import('y')", 2, 9)]
    [InlineData("return import.meta.url", 1, null)]
    [InlineData("export default () => 1;\nimport 'x'", 2, 1)]
    [InlineData("export { a } from 'y'; export default 1", 1, 1)]
    [InlineData("export * from 'y'; export default 1", 1, 1)]
    [InlineData("\nexport const a = 1", 2, 1)]
    [InlineData("if (1) { export default 1 }", 1, 10)]
    [InlineData("export default () => import('x')", 1, 22)]
    [InlineData("'\n'", 1, 1)]
    [InlineData("`${", 1, null)]
    public async Task A_source_that_does_not_parse_is_refused_with_its_place(string source, int line, int? column)
    {
        var result = await Worker.RunAsync(source);
        result.Outcome.ShouldBe(InvocationOutcome.SyntaxError);
        result.Entered.ShouldBeFalse();
        result.Error!.Line.ShouldBe(line);
        result.Error.Column.ShouldNotBeNull().ShouldBeLessThanOrEqualTo(source.Split('\n')[line - 1].Length + 1);
        if (column is not null) result.Error.Column.ShouldBe(column);

        var check = await Worker.Worker.CheckAsync(source, null, TestContext.Current.CancellationToken);
        check.Errors.Count.ShouldBe(1);
        check.Errors[0].Line.ShouldBe(line);
    }

    [Fact(Timeout = Timeout)]
    public async Task A_version_s_source_is_given_once()
    {
        var first = Worker.Request("return 1", version: "given once");
        (await Worker.RunAsync(first with { Source = null })).Outcome.ShouldBe(InvocationOutcome.SourceNeeded);
        (await Worker.RunAsync(Worker.Request("return 1", version: "given once"))).Cold.ShouldBeTrue();
        var second = await Worker.RunAsync(Worker.Request("ignored", version: "given once") with { Source = null });
        second.Output.ShouldBe("1");
        second.Cold.ShouldBeFalse();
    }

    [Fact(Timeout = Timeout)]
    public async Task What_a_version_holds_counts_as_its_memory()
    {
        var nothing = await Worker.RunAsync("export const held = []; export default () => held.length");
        var million = await Worker.RunAsync("export const held = Array.from({ length: 1_000_000 }, (_, i) => i + 0.5); export default () => held.length");
        million.Output.ShouldBe("1000000");
        nothing.MemoryPeakBytes.ShouldBeGreaterThan(0);
        (million.MemoryPeakBytes - nothing.MemoryPeakBytes).ShouldBeInRange(7_000_000, 40_000_000);
    }

    [Fact(Timeout = Timeout)]
    public async Task An_invocation_alone_has_an_isolate_of_its_own()
    {
        var request = Worker.Request("return 1", version: "alone") with { Alone = true };
        (await Worker.RunAsync(request)).Cold.ShouldBeTrue();
        (await Worker.RunAsync(Worker.Request("return 1", version: "alone") with { Alone = true })).Cold.ShouldBeTrue();
    }

    [Fact(Timeout = Timeout)]
    public async Task The_log_keeps_its_order_and_comes_before_the_answer()
    {
        var request = Worker.Request("for (let i = 0; i < 100; i++) sdk.log.info('line ' + i); console.error('a', 1, { b: [true] }); sdk.progress(1, 2, 'half')");
        await Worker.RunAsync(request);
        var lines = Worker.Log(request);
        lines.Count.ShouldBe(101);
        lines.Take(100).Select(line => line.Message).ShouldBe(Enumerable.Range(0, 100).Select(i => string.Create(CultureInfo.InvariantCulture, $"\"line {i}\"")));
        lines[100].Level.ShouldBe(3);
        JsonSerializer.Deserialize<string>(lines[100].Message).ShouldBe("""a 1 {"b":[true]}""");
        Worker.Progress(request).ShouldBe(new WorkerProgress(1, 2, "\"half\""));
    }

    [Theory(Timeout = Timeout)]
    [InlineData("{ a: 1n, b: new Date(0), c: () => 1 }")]
    [InlineData("(() => { const a = { n: 1 }; a.a = a; return a })()")]
    [InlineData("{ get a() { throw 1 } }")]
    [InlineData("new Proxy({}, { ownKeys() { throw 1 }, get() { throw 1 }, getOwnPropertyDescriptor() { throw 1 } })")]
    [InlineData("new Proxy([], { get() { throw 1 } })")]
    [InlineData("{ toJSON() { throw 1 } }")]
    [InlineData("new Error('e')")]
    [InlineData("new Map([[1, new Set([2])]])")]
    [InlineData("'x'.repeat(100000)")]
    [InlineData("Array.from({ length: 100000 }, (_, i) => i)")]
    [InlineData("Symbol('s')")]
    [InlineData("'\\ud800'")]
    [InlineData("{ ['\\udc00']: 1 }")]
    public async Task Metadata_never_fails_the_script_and_is_always_JSON(string value)
    {
        var request = Worker.Request($"sdk.log.warn('m', {value}); console.log({value}); return 1");
        (await Worker.RunAsync(request)).Outcome.ShouldBe(InvocationOutcome.Completed);
        var lines = Worker.Log(request);
        lines.Count.ShouldBe(2);
        JsonDocument.Parse(lines[0].Metadata.ShouldNotBeNull()).Dispose();
        lines.ShouldAllBe(line => line.Message.Length < 9000 && (line.Metadata ?? "").Length < 20000);
    }

    [Fact(Timeout = Timeout)]
    public async Task A_log_beyond_its_limits_is_cut_with_a_marker()
    {
        var request = Worker.Request("for (let i = 0; i < 2000; i++) console.log(i)");
        await Worker.RunAsync(request);
        Worker.Log(request).Count.ShouldBe(1001);
        Worker.Log(request)[1000].Message.ShouldContain("1000 lines");

        var large = Worker.Request("const x = 'x'.repeat(10000); for (let i = 0; i < 10000; i++) console.log(x); return 1");
        (await Worker.RunAsync(large)).Output.ShouldBe("1");
        Worker.Log(large).Sum(line => line.Message.Length).ShouldBeLessThan(300_000);
        Worker.Log(large)[^1].Message.ShouldContain("262144 bytes");
    }

    [Fact(Timeout = Timeout)]
    public async Task What_is_left_waiting_is_dropped_and_the_log_says_so()
    {
        var request = Worker.Request("setTimeout(() => console.log('never'), 1); setTimeout(() => 1, 60000); return 1");
        (await Worker.RunAsync(request)).Output.ShouldBe("1");
        Worker.Log(request).Single().Message.ShouldContain("2 timers");
    }
}
