using System.Text.Json;
using Microsoft.ClearScript.V8;
using Sandbox.Protocol.Rpc;
using Sandbox.Tests.Integration.Worker;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Security.Language;

/// <summary>What is frozen can still be inherited from, and looks as it does in an isolate that nobody has touched.</summary>
public sealed class OverrideTests(WorkerFixture fixture) : IClassFixture<WorkerFixture>
{
    private const int Timeout = 60_000;

    private static readonly string[] s_web =
    [
        "AbortController", "AbortSignal", "Blob", "DOMException", "Event", "EventTarget", "File", "FormData", "Headers", "Request", "Response", "TextDecoder", "TextEncoder",
        "URL", "URLSearchParams", "atob", "btoa", "structuredClone",
    ];

    /// <summary>Assigns every property of everything that can be reached, on an object that inherits from its holder.</summary>
    private const string AssignEverywhere = """
        const roots = [globalThis, console, sdk, sdk.log, (function* () {})(), (async function* () {})(), (async () => {}), [][Symbol.iterator](), ''[Symbol.iterator](),
          new Map()[Symbol.iterator](), new Set()[Symbol.iterator](), 'a'.matchAll(/a/g), [].values().map(x => x), new Intl.Segmenter('en').segment('a'),
          new Intl.Segmenter('en').segment('a')[Symbol.iterator](), Object.getPrototypeOf(Uint8Array)];
        const seen = new Set();
        const holders = [];
        for (const queue = roots.flatMap(root => [root, Object.getPrototypeOf(root)]); queue.length > 0;) {
          const object = queue.pop();
          if ((typeof object !== 'object' && typeof object !== 'function') || object === null || seen.has(object)) continue;
          seen.add(object);
          holders.push(object);
          queue.push(Object.getPrototypeOf(object));
          for (const key of Reflect.ownKeys(object)) {
            try { queue.push(object[key]) } catch {}
            const property = Reflect.getOwnPropertyDescriptor(object, key);
            queue.push(property.get, property.set);
          }
        }
        let assigned = 0;
        // The accessors that stand where data was are functions that an untouched isolate has not.
        for (const holder of holders.filter(holder => typeof holder !== 'function' || String(holder).includes('[native code]') || holder.prototype)) {
          for (const key of Reflect.ownKeys(holder)) {
            const heir = Object.create(holder);
            try {
              heir[key] = 'mine';
              if (heir[key] !== 'mine') throw new Error('kept its old value');
              if (!Object.prototype.propertyIsEnumerable.call(heir, key)) throw new Error('is not enumerable');
              assigned++;
            } catch (e) {
              refused.push(`${typeof holder === 'function' ? holder.name : Object.prototype.toString.call(holder)}.${String(key)}`);
            }
          }
        }
        """;

    private WorkerProcess Worker => fixture.Worker;

    [Fact(Timeout = Timeout)]
    public async Task Whatever_an_object_inherits_may_be_assigned_on_it()
    {
        const string Source = "const refused = [];" + AssignEverywhere + "return JSON.stringify({ assigned, refused: refused.sort() });";
        using var untouched = new V8ScriptEngine(V8ScriptEngineFlags.DisableGlobalMembers);
        var expected = Names((string)untouched.Evaluate($"(function () {{ 'use strict'; const console = {{}}, sdk = {{ log: {{}} }}; {Source} }})()"));
        var actual = Names(JsonSerializer.Deserialize<string>((await Worker.OutputAsync(Source))!)!);

        // The length of Array.prototype cannot be made an accessor, and would carry a number from one execution to the next.
        actual.Refused.Except(expected.Refused).ShouldBe(["[object Array].length"]);
        actual.Assigned.ShouldBeGreaterThan(600);
    }

    private static (int Assigned, IReadOnlyList<string> Refused) Names(string json)
    {
        var result = JsonDocument.Parse(json).RootElement;
        return (result.GetProperty("assigned").GetInt32(), [.. result.GetProperty("refused").EnumerateArray().Select(name => name.GetString()!)]);
    }

    [Theory(Timeout = Timeout)]
    [InlineData("(() => { const d = new Date(0); d.toString = () => 'x'; return `${d}` === 'x' })()")]
    [InlineData("(() => { const a = []; a.map = 1; return a.map === 1 && typeof [].map === 'function' })()")]
    [InlineData("(() => { const f = () => 1; f.call = 2; f.apply = 3; return f.call === 2 && f() === 1 })()")]
    [InlineData("(() => { const p = Promise.resolve(); p.then = 4; return p.then === 4 })()")]
    [InlineData("(() => { class S extends Array {} S.from = 5; return S.from === 5 && typeof Array.from === 'function' })()")]
    [InlineData("(() => { const m = Object.create(Math); m.abs = 6; return m.abs === 6 && Math.abs(-1) === 1 })()")]
    [InlineData("(() => { const c = Object.create(console); c.log = 7; return c.log === 7 && typeof console.log === 'function' })()")]
    [InlineData("(() => { const P = {}; Object.defineProperty(P, 'toString', Object.getOwnPropertyDescriptor(Object.prototype, 'toString')); P.toString = 5; return P.toString === 5 && `${{}}` === '[object Object]' })()")]
    [InlineData("[Array, Date, RegExp, Promise, Map, WeakMap, DataView, Uint8Array, Error, TypeError, Number, String, Boolean, Symbol, Function, Intl.NumberFormat].every(Base => { function D() {} function __() { this.constructor = D } __.prototype = Base.prototype; D.prototype = new __(); return new D().constructor === D })")]
    [InlineData("(() => { const o = Object.create({ toString() { return 'p' } }); o.toString = () => 'o'; return `${o}` === 'o' })()")]
    [InlineData("(() => { 'use strict'; try { Object.freeze([]).map = 1; return false } catch (e) { return e instanceof TypeError } })()")]
    [InlineData("(() => { try { Array.prototype.map = 1; return false } catch (e) { return e instanceof TypeError && e.message.includes('map') } })()")]
    [InlineData("(() => { try { ''.concat = 1; return false } catch (e) { return e instanceof TypeError } })()")]
    [InlineData("(() => { const g = Object.create(globalThis); g.Date = 1; return g.Date === 1 && new Date(0).getTime() === 0 })()")]
    public async Task What_compilers_and_libraries_assign_can_be_assigned(string expression) => (await Worker.OutputAsync($"return {expression}")).ShouldBe("true");

    [Theory(Timeout = Timeout)]
    [InlineData("[Date.name, RegExp.name, Error.name, Function.name, eval.name].join()", "Date,RegExp,Error,Function,eval")]
    [InlineData("[/a/.constructor === RegExp, Symbol().constructor === Symbol, new Date(0).constructor === Date, (() => 1).constructor === Function, new Error('x').constructor === Error].join()", "true,true,true,true,true")]
    [InlineData("[Date.length, RegExp.length, Error.length, ArrayBuffer.length, Function.length].join()", "7,2,1,1,1")]
    [InlineData("String(Date)", "function Date() { [native code] }")]
    [InlineData("String(Error)", "function Error() { [native code] }")]
    [InlineData("String(Function.prototype.toString)", "function toString() { [native code] }")]
    [InlineData("Object.getPrototypeOf(class extends Error {}).name", "Error")]
    [InlineData("Object.getPrototypeOf(TypeError).name", "Error")]
    public async Task Built_ins_keep_their_names_lengths_and_identity(string expression, string value) =>
        JsonSerializer.Deserialize<string>((await Worker.OutputAsync($"return {expression}"))!).ShouldBe(value);

    /// <summary>Name, length, enumerability and identity of everything that globals lead to, as lines of path and shape.</summary>
    private const string Shape = """
        const paths = new Map();
        const lines = [];
        const queue = Object.getOwnPropertyNames(globalThis).sort().map(name => [name, globalThis[name]]);
        const isObject = v => (typeof v === 'object' && v !== null) || typeof v === 'function';
        for (let i = 0; i < queue.length; i++) {
          const [path, object] = queue[i];
          if (!isObject(object) || paths.has(object)) continue;
          paths.set(object, path);
          for (const key of Reflect.ownKeys(object)) {
            const property = Reflect.getOwnPropertyDescriptor(object, key);
            const native = property.get !== undefined && String(property.get).includes('[native code]');
            let value;
            if (!native) try { value = object[key] } catch {}
            const at = `${path}.${String(key)}`;
            queue.push([at, value]);
            const own = typeof value === 'function' ? `${value.name}/${value.length}/${/\[native code\]/.test(String(value))}` : typeof value;
            lines.push([at, property.enumerable, own, value]);
          }
        }
        const shape = lines.map(([at, enumerable, own, value]) => `${at} ${enumerable} ${own} ${isObject(value) ? paths.get(value) : ''}`).sort();
        """;

    [Fact(Timeout = Timeout)]
    public async Task What_is_built_in_is_shaped_as_in_an_untouched_isolate()
    {
        using var untouched = new V8ScriptEngine(V8ScriptEngineFlags.DisableGlobalMembers);
        var expected = ((string)untouched.Evaluate($"(function () {{ {Shape}; return shape.join('\\n') }})()")).Split('\n');
        var actual = JsonSerializer.Deserialize<string>((await Worker.OutputAsync($"{Shape}; return shape.join('\\n')"))!)!.Split('\n');

        // Gone: what a script may not have. Other: Error's settings, which are fixed.
        string[] gone = ["WebAssembly", "SharedArrayBuffer", "Atomics", "WeakRef", "FinalizationRegistry", "console", "RegExp.input", "RegExp.$", "RegExp.last", "RegExp.left", "RegExp.right", "EngineInternal"];
        gone = [.. gone, .. gone.Select(name => $"globalThis.{name}")];
        string[] other = ["Error.stackTraceLimit", "Error.prepareStackTrace"];
        // Names of the web: undefined here, for the source names none of them.
        other = [.. other, .. s_web.Select(name => $"globalThis.{name} false undefined"), .. s_web.Select(name => $"globalThis.globalThis.{name} false undefined")];
        bool IsKnown(string line) => gone.Concat(other).Any(name => line.StartsWith(name, StringComparison.Ordinal));
        expected.Except(actual).Where(line => !IsKnown(line)).ShouldBeEmpty();
        actual.Except(expected).Where(line => !IsKnown(line)).ShouldBeEmpty();
        actual.Length.ShouldBeGreaterThan(900);
    }

    [Theory(Timeout = Timeout)]
    [InlineData("eval('1')", "eval is not available: code is not made from strings")]
    [InlineData("new Function('return 1')", "Functions are not made from strings: write them in the source of the script")]
    public async Task Code_from_strings_is_refused_in_plain_words(string expression, string message)
    {
        var result = await Worker.RunAsync(expression);
        result.Outcome.ShouldBe(InvocationOutcome.Threw);
        JsonSerializer.Deserialize<string>(result.Error!.Message).ShouldBe(message);
    }

    [Theory(Timeout = Timeout)]
    [InlineData("console.log(/a/g, [undefined], new Uint8Array(2), -0)", "/a/g [undefined] Uint8Array(2) [0,0] -0")]
    [InlineData("console.log('a', { b: 1 }, null, undefined, true, 10n, NaN, Symbol('s'))", "a {\"b\":1} null undefined true 10n NaN Symbol(s)")]
    [InlineData("console.log(new Map([['k', 1]]), new Set([1]), new Date(0), function f() {}, () => 1)", "Map(1) [[\"k\",1]] Set(1) [1] 1970-01-01T00:00:00.000Z [Function f] [Function]")]
    [InlineData("console.log(Object.assign(new Error('m'), { code: 'E' }))", "Error: m\n    at 1:27\n    with {\"code\":\"E\"}")]
    public async Task A_log_line_reads_as_a_person_would_write_it(string source, string line)
    {
        var request = Worker.Request(source);
        await Worker.RunAsync(request);
        JsonSerializer.Deserialize<string>(Worker.Log(request).ShouldHaveSingleItem().Message).ShouldBe(line);
    }
}
