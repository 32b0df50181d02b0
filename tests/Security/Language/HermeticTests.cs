using Sandbox.Protocol.Rpc;
using Sandbox.Tests.Integration.Worker;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Security.Language;

public sealed class HermeticTests(WorkerFixture fixture) : IClassFixture<WorkerFixture>
{
    private const int Timeout = 60_000;

    // From every global, binding and hidden intrinsic, over own properties, prototypes and accessors' functions.
    private const string Walk = """
        const roots = { globalThis, context, sdk, console, setTimeout, clearTimeout, queueMicrotask, crypto };
        const samples = {
          f() {}, async a() {}, *g() {}, async *ag() {}, arrow: () => {},
        };
        const hidden = {
          generator: samples.g.prototype, asyncGenerator: samples.ag.prototype, array: [][Symbol.iterator](), string: ''[Symbol.iterator](),
          map: new Map()[Symbol.iterator](), set: new Set()[Symbol.iterator](), matches: 'a'.matchAll(/a/g), helper: [].values().map(x => x),
          wrapped: Iterator.from({ next() { return { done: true } } }), promise: Promise.resolve(), error: new Error('x'),
          native: (() => { try { null.x } catch (e) { return e } })(), segments: new Intl.Segmenter('en').segment('a'),
          segment: new Intl.Segmenter('en').segment('a')[Symbol.iterator](), format: new Intl.NumberFormat('en'), date: new Date(0),
          regexp: /a/, typed: new Uint8Array(0), view: new DataView(new ArrayBuffer(0)), args: (function () { return arguments })(),
          stack: new DisposableStack(), big: Object(1n), symbol: Object(Symbol.iterator),
        };
        const queue = Object.entries(roots);
        for (const [name, fn] of Object.entries(samples)) queue.push([`proto of ${name}`, Object.getPrototypeOf(fn)]);
        for (const [name, value] of Object.entries(hidden)) {
          queue.push([`proto of ${name}`, Object.getPrototypeOf(value)]);
          for (const [key, property] of Object.entries(Object.getOwnPropertyDescriptors(value)))
            for (const half of [property.get, property.set]) if (half) queue.push([`accessor ${key} of ${name}`, half]);
        }
        const seen = new Set();
        const paths = [];
        const open = [];
        while (queue.length > 0) {
          const [path, object] = queue.pop();
          if ((typeof object !== 'object' && typeof object !== 'function') || object === null || seen.has(object)) continue;
          seen.add(object);
          paths.push(path);
          if (Object.isExtensible(object)) open.push(`${path} is extensible`);
          queue.push([`${path}.__proto__`, Object.getPrototypeOf(object)]);
          for (const key of Reflect.ownKeys(object)) {
            const property = Reflect.getOwnPropertyDescriptor(object, key);
            const name = `${path}.${String(key)}`;
            if (property.configurable) open.push(`${name} is configurable`);
            if (property.writable) open.push(`${name} is writable`);
            if ('value' in property) queue.push([name, property.value]);
            else {
              queue.push([`get ${name}`, property.get], [`set ${name}`, property.set]);
              // What an accessor answers with can be reached as well.
              try { queue.push([name, object[key]]) } catch {}
            }
          }
        }
        const text = paths.join('\n');
        let hash = 7;
        for (let i = 0; i < text.length; i++) hash = (hash * 31 + text.charCodeAt(i)) | 0;
        """;

    private WorkerProcess Worker => fixture.Worker;

    [Fact(Timeout = Timeout)]
    public async Task Nothing_reachable_is_writable_in_a_first_or_a_later_execution()
    {
        const string Source = Walk + "\nreturn { count: paths.length, hash, open: open.slice(0, 50) }";
        var first = await Worker.OutputAsync(Source);
        first.ShouldNotBeNull().ShouldEndWith("\"open\":[]}");
        int.Parse(first.Split(':', ',')[1], System.Globalization.CultureInfo.InvariantCulture).ShouldBeGreaterThan(900);
        for (var i = 0; i < 3; i++) (await Worker.OutputAsync(Source)).ShouldBe(first);
    }

    [Theory(Timeout = Timeout)]
    [InlineData("structuredClone", "structuredClone, DOMException, new DOMException('a')")]
    [InlineData("URL", "URL, new URL('http://a/').searchParams.entries(), new URLSearchParams()")]
    [InlineData("Headers", "Headers, new Headers(), new Headers().entries()")]
    [InlineData("TextDecoder", "TextDecoder, TextEncoder, new TextDecoder('big5'), new TextDecoder()")]
    [InlineData("AbortSignal", "AbortController, new AbortController().signal, new Event('a'), AbortSignal.timeout(1e9)")]
    [InlineData("Response", "fetch, new Response('a'), new Request('http://a/'), new FormData(), new File([], ''), Response.json(1), new Response('a').text()")]
    public async Task Nothing_that_a_group_of_the_web_brings_is_writable_in_a_first_or_a_later_execution(string name, string samples)
    {
        var source = $"""
            const web = [{samples}];
            {Walk.Replace("const queue = Object.entries(roots);", "const queue = Object.entries({ ...roots, setInterval, clearInterval, performance }); for (const sample of web) queue.push(['sample', typeof sample === 'function' ? sample : Object.getPrototypeOf(sample)]);", StringComparison.Ordinal)}
            return {"{"} count: paths.length, hash, open: open.slice(0, 50), named: typeof globalThis.{name} {"}"};
            """;
        var first = await Worker.OutputAsync(source);
        first.ShouldNotBeNull().ShouldEndWith("\"open\":[],\"named\":\"function\"}");
        for (var i = 0; i < 3; i++) (await Worker.OutputAsync(source)).ShouldBe(first);
    }

    [Theory(Timeout = Timeout)]
    [InlineData("eval('1')")]
    [InlineData("(0, eval)('1')")]
    [InlineData("globalThis['ev' + 'al']('1')")]
    [InlineData("Function('return 1')()")]
    [InlineData("new Function('return 1')()")]
    [InlineData("(function () {}).constructor('return 1')()")]
    [InlineData("(async function () {}).constructor('return 1')()")]
    [InlineData("(function* () {}).constructor('yield 1')().next()")]
    [InlineData("(async function* () {}).constructor('yield 1')().next()")]
    [InlineData("new (class extends Function {})('return 1')()")]
    [InlineData("Reflect.construct(Function, ['return 1'])()")]
    [InlineData("Reflect.construct((async () => {}).constructor, ['return 1'], Object)()")]
    [InlineData("EngineInternal.asyncGenerator('yield 1')().next()")]
    [InlineData("(() => { EngineInternal.commandHolder.command = '1'; return EngineInternal.getCommandResult(eval(EngineInternal.commandHolder.command)) })()")]
    [InlineData("setTimeout('1', 1)")]
    public async Task Code_is_not_made_from_strings(string expression)
    {
        var result = await Worker.RunAsync($"const r = {expression};\nreturn r === undefined ? 1 : 'made'");
        result.Outcome.ShouldBe(InvocationOutcome.Threw, $"{result.Output}");
    }

    [Theory(Timeout = Timeout)]
    // What executions share is frozen, and so is the input.
    [InlineData("globalThis.left = 1", "globalThis.left", "refused")]
    [InlineData("Object.prototype.left = 1", "({}).left", "refused")]
    [InlineData("Array.prototype.push = 1", "typeof [].push", "refused")]
    [InlineData("Intl.DateTimeFormat.prototype.left = 1", "Intl.DateTimeFormat.prototype.left", "refused")]
    [InlineData("Object.getPrototypeOf(new Intl.Segmenter('en').segment('a')).left = 1", "new Intl.Segmenter('en').segment('a').left", "refused")]
    [InlineData("Object.getPrototypeOf([].values()).left = 1", "[].values().left", "refused")]
    [InlineData("Object.getOwnPropertyDescriptor(new Error('x'), 'stack').get.left = 1", "Object.getOwnPropertyDescriptor(new Error('x'), 'stack').get.left", "refused")]
    [InlineData("EngineInternal.left = 1", "EngineInternal.left", "refused")]
    [InlineData("EngineInternal.commandHolder.left = 1", "EngineInternal.commandHolder.left", "refused")]
    [InlineData("Math.left = 1", "Math.left", "refused")]
    [InlineData("sdk.left = 1", "sdk.left", "refused")]
    [InlineData("console.log.left = 1", "console.log.left", "refused")]
    [InlineData("context.input.left = 1", "context.input.left", "refused")]
    [InlineData("setTimeout.left = 1", "setTimeout.left", "refused")]
    [InlineData("Symbol.left = 1", "Symbol.left", "refused")]
    [InlineData("Promise.prototype.then = () => {}", "Promise.prototype.then.left", "refused")]
    [InlineData("ArrayBuffer.left = 1", "ArrayBuffer.left", "refused")]
    [InlineData("Error.left = 1", "Error.left", "refused")]
    [InlineData("URL.left = 1", "URL.left", "refused")]
    [InlineData("URL.prototype.toString = () => 'left'", "new URL('http://a/').toString() === 'left'", "refused")]
    [InlineData("Object.defineProperty(URLSearchParams.prototype, 'get', { value: 1 })", "typeof new URLSearchParams('a').get", "refused")]
    [InlineData("Headers.prototype.left = 1", "new Headers().left", "refused")]
    [InlineData("DOMException.prototype.left = 1", "new DOMException().left", "refused")]
    [InlineData("globalThis.structuredClone = 1", "typeof structuredClone", "refused")]
    [InlineData("performance.left = 1", "performance.left", "refused")]
    [InlineData("Response.prototype.text = 1", "typeof new Response().text", "refused")]
    [InlineData("Object.getPrototypeOf(Response).prototype.left = 1", "Object.getPrototypeOf(Response).prototype.left", "refused")]
    [InlineData("AbortSignal.left = 1", "AbortSignal.left", "refused")]
    [InlineData("EventTarget.prototype.addEventListener.left = 1", "EventTarget.prototype.addEventListener.left", "refused")]
    [InlineData("Object.defineProperty(Blob.prototype, 'size', { value: 1 })", "new Blob().size === 1", "refused")]
    [InlineData("setInterval.left = 1", "setInterval.left", "refused")]
    // A setter that keeps nothing, statics of RegExp that are gone, and a decoder of the execution's own.
    [InlineData("Error.stackTraceLimit = 0", "Error.stackTraceLimit === 0", "ran")]
    [InlineData("Error.prepareStackTrace = () => 'left'", "new Error('x').stack === 'left'", "ran")]
    [InlineData("/(left)/.exec('left')", "RegExp.$1", "ran")]
    [InlineData("'left'.match(/l/)", "RegExp.lastMatch ?? RegExp['$&'] ?? RegExp.input", "ran")]
    [InlineData("new TextDecoder('utf-8').decode(new Uint8Array([0xe4]), { stream: true })", "new TextDecoder('utf-8').decode(new Uint8Array([0x61])) !== 'a'", "ran")]
    public async Task What_one_execution_leaves_no_other_sees(string leave, string look, string answer)
    {
        // One version, so one isolate; the input says whose turn it is.
        var source = $$"""
            if (context.input.leave) { try { {{leave}} } catch { return 'refused' } return 'ran' }
            const found = {{look}};
            return found === undefined || found === false || found === 'function' ? 'clean' : String(found);
            """;
        (await Worker.OutputAsync(source, """{"leave":true}""")).ShouldBe($"\"{answer}\"");
        (await Worker.OutputAsync(source, """{"leave":false}""")).ShouldBe("\"clean\"");
    }

    [Theory(Timeout = Timeout)]
    [InlineData("[typeof WebAssembly, typeof SharedArrayBuffer, typeof Atomics, typeof WeakRef, typeof FinalizationRegistry, typeof Compartment, typeof lockdown, typeof harden, typeof assert].every(t => t === 'undefined')")]
    [InlineData("Object.prototype.hasOwnProperty.call(globalThis, 'console') === false")]
    [InlineData("Object.keys(globalThis).length === 0")]
    [InlineData("new Error('x').constructor === Error && Object.getPrototypeOf(TypeError) === Error && new TypeError('x') instanceof Error")]
    [InlineData("Error.isError(new RangeError('x')) && !Error.isError({})")]
    [InlineData("RegExp.escape('a.b') === '\\\\x61\\\\.b'")]
    [InlineData("(() => { const o = { toString() { return 'mine' }, constructor: 1 }; o.hasOwnProperty = 2; return `${o}` === 'mine' && o.hasOwnProperty === 2 })()")]
    [InlineData("(() => { class A extends Array { } const a = new A(); a.push(1); a.constructor = 5; return a.length === 1 })()")]
    [InlineData("(() => { class E extends Error { constructor(m) { super(m); this.name = 'E' } } const e = new E('m'); return e instanceof E && e instanceof Error && `${e}` === 'E: m' && e.stack.includes('m') })()")]
    [InlineData("(() => { function F() {} F.prototype.toString = () => 'f'; return `${new F()}` === 'f' })()")]
    [InlineData("new (new Date(0).constructor)() instanceof Date && Date.now() > 0 && Math.random() < 1")]
    [InlineData("new Intl.NumberFormat('en').format(1234.5) === '1,234.5' && (1234.5).toLocaleString('en') === '1,234.5'")]
    [InlineData("new ArrayBuffer(8, { maxByteLength: 16 }).maxByteLength === 16")]
    [InlineData("[...(function* () { yield 1; yield 2 })()].length === 2")]
    [InlineData("new AggregateError([1], 'm').errors.length === 1")]
    public async Task The_language_keeps_working(string expression) =>
        (await Worker.OutputAsync($"return {expression}")).ShouldBe("true");

    [Theory(Timeout = Timeout)]
    [InlineData("host")]
    [InlineData("System")]
    [InlineData("clr")]
    [InlineData("xHost")]
    [InlineData("importScripts")]
    [InlineData("Deno")]
    [InlineData("gc")]
    public async Task No_door_to_the_host_has_a_name(string name) =>
        (await Worker.OutputAsync($"return typeof {name} + typeof globalThis.{name}")).ShouldBe("\"undefinedundefined\"");

    [Fact(Timeout = Timeout)]
    public async Task No_host_object_or_exception_is_handed_out()
    {
        const string Source = """
            const errors = [];
            for (const call of [() => console.log('x'.repeat(1 << 20)), () => sdk.log.info({ toString: null }), () => sdk.log.info(new Proxy(() => 1, {})),
              () => sdk.progress(1, 2, 'x'.repeat(1 << 20)), () => EngineInternal.throwValue({}), () => EngineInternal.toIterator({}).next(), () => EngineInternal.getStackTrace(),
              () => EngineInternal.isHostObject(sdk)]) {
              try { errors.push(String(call())) } catch (e) { errors.push(e instanceof Error ? `${e.constructor === Error || e instanceof TypeError} ${Object.keys(e)}` : typeof e) }
            }
            return errors.join(';').includes('System.') || errors.join(';').includes('ClearScript');
            """;
        (await Worker.OutputAsync(Source)).ShouldBe("false");
    }
}
