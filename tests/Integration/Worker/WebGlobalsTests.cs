using System.Text.Json;
using Sandbox.Protocol.Rpc;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Worker;

/// <summary>The web's interfaces behave in an isolate as they do in a browser.</summary>
public sealed class WebGlobalsTests(WorkerFixture fixture) : IClassFixture<WorkerFixture>
{
    private const int Timeout = 60_000;

    private WorkerProcess Worker => fixture.Worker;

    [Theory(Timeout = Timeout)]
    [InlineData("new URL('../b?x=1#h', 'https://u:p@example.com:8080/a/c').href", "https://u:p@example.com:8080/b?x=1#h")]
    [InlineData("new URL('http://Bücher.DE/ü').href", "http://xn--bcher-kva.de/%C3%BC")]
    [InlineData("new URL('http://xn--bcher-kva.de/').host", "xn--bcher-kva.de")]
    [InlineData("new URL('HTTP://EXAMPLE.com:80').href", "http://example.com/")]
    [InlineData("(() => { const u = new URL('http://x/?a=1'); u.searchParams.append('k', 'v w'); u.hash = 'q'; return u.href })()", "http://x/?a=1&k=v+w#q")]
    [InlineData("(() => { const u = new URL('http://x/?a=1'); const p = u.searchParams; u.search = '?b=2'; return p.get('b') + p.size })()", "21")]
    [InlineData("String(URL.canParse('nope')) + URL.parse('nope') + URL.parse('a', 'http://x/')", "falsenullhttp://x/a")]
    [InlineData("JSON.stringify({ u: new URL('http://x') })", "{\"u\":\"http://x/\"}")]
    [InlineData("[...new URLSearchParams({ a: 1, b: 'x y' })].join('|') + new URLSearchParams([['q', 'ä']])", "a,1|b,x yq=%C3%A4")]
    [InlineData("(() => { const p = new URLSearchParams('?b=1&a=2&b=3'); p.sort(); p.delete('b', '1'); return `${p}` + p.has('b', '3') + p.getAll('a') })()", "a=2&b=3true2")]
    [InlineData("[URL.name, URL.length, URLSearchParams.length, Object.prototype.toString.call(new URL('http://x')), Object.keys(URL.prototype).includes('href')].join()", "URL,1,0,[object URL],true")]
    [InlineData("['URL' in globalThis, typeof URL, globalThis.URL === URL, Object.keys(globalThis).length].join()", "true,function,true,0")]
    [InlineData("[typeof globalThis['Bl' + 'ob'], 'Bl' + 'ob' in globalThis].join()", "undefined,true")]
    [InlineData("(() => { const URL = 5; return URL })()", "5")]
    [InlineData("(() => { try { new URL('http://[') } catch (e) { return e.name } })()", "TypeError")]
    [InlineData("typeof \\u0055RL", "function")]
    public async Task An_address_is_read_and_written(string expression, string value) => (await TextAsync(expression)).ShouldBe(value);

    [Theory(Timeout = Timeout)]
    [InlineData("atob('aGVsbG8=') + atob(' aGVs bG8 ') + btoa('hello')", "hellohelloaGVsbG8=")]
    [InlineData("btoa('') + btoa('a') + btoa('ab') + btoa('\\xff')", "YQ==YWI=/w==")]
    [InlineData("['a', 'ab=', '====', 'a=b=', 'ä'].map(t => { try { return atob(t) } catch (e) { return e.name + e.code } }).join()", "InvalidCharacterError5,InvalidCharacterError5,InvalidCharacterError5,InvalidCharacterError5,InvalidCharacterError5")]
    [InlineData("(() => { try { btoa('€') } catch (e) { return `${e}` + (e instanceof DOMException) + (e instanceof Error) } })()", "InvalidCharacterError: The string to be encoded contains characters outside of the Latin1 rangetruetrue")]
    [InlineData("atob(btoa('x'.repeat(3_000_000))).length", "3000000")]
    public async Task Base64_is_forgiving_where_the_web_is(string expression, string value) => (await TextAsync(expression)).ShouldBe(value);

    [Theory(Timeout = Timeout)]
    [InlineData("(() => { const o = { a: [1, , 3] }; o.self = o; const c = structuredClone(o); return [c !== o, c.self === c, 1 in c.a, c.a.length] })()", "true,true,false,3")]
    [InlineData("(() => { const c = structuredClone(new Map([[{ k: 1 }, new Set([1, 'b'])]])); const [[k, v]] = c; return [k.k, v.has('b'), c instanceof Map] })()", "1,true,true")]
    [InlineData("(() => { const d = structuredClone([new Date(5), /a/gi, 7n, Object('s')]); return [d[0].getTime(), d[1] + '', d[2], typeof d[3], d[3] instanceof String] })()", "5,/a/gi,7,object,true")]
    [InlineData("(() => { const b = new Uint8Array([1, 2, 3]).subarray(1); const c = structuredClone({ b, same: b.buffer }); return [c.b.join('-'), c.b.buffer === c.same, c.same !== b.buffer] })()", "2-3,true,true")]
    [InlineData("(() => { const e = structuredClone(Object.assign(new RangeError('m'), { extra: 1 })); return [e instanceof RangeError, e.message, e.extra] })()", "true,m,")]
    [InlineData("(() => { const b = new ArrayBuffer(8); const c = structuredClone(b, { transfer: [b] }); return [b.detached, c.byteLength] })()", "true,8")]
    [InlineData("[() => 1, Symbol('s'), new WeakMap(), Promise.resolve()].map(v => { try { return structuredClone({ v }) } catch (e) { return e.name + e.code } })", "DataCloneError25,DataCloneError25,DataCloneError25,DataCloneError25")]
    [InlineData("(() => { let deep = null; for (let i = 0; i < 100_000; i++) deep = { deep }; let n = 0; for (let c = structuredClone(deep); c; c = c.deep) n++; return n })()", "100000")]
    [InlineData("(() => { class A { x = 1; get y() { return 2 } } const c = structuredClone(Object.assign(new A(), { get z() { return 3 } })); return [Object.getPrototypeOf(c) === Object.prototype, JSON.stringify(c)] })()", "true,{\"x\":1,\"z\":3}")]
    public async Task A_structured_clone_keeps_what_can_be_kept_and_refuses_the_rest(string expression, string value) => (await TextAsync($"{expression}")).ShouldBe(value);

    [Theory(Timeout = Timeout)]
    [InlineData("[...new Headers({ b: ' x ', A: 1 })].join('|')", "a,1|b,x")]
    [InlineData("(() => { const h = new Headers([['a', '1'], ['A', '2']]); h.append('set-cookie', 'x'); h.append('Set-Cookie', 'y'); return [h.get('a'), h.getSetCookie().join('+'), [...h.keys()].join('+')] })()", "1, 2,x+y,a+set-cookie+set-cookie")]
    [InlineData("['a b', '', 'ä'].map(n => { try { new Headers([[n, 'v']]) } catch (e) { return e.name } })", "TypeError,TypeError,TypeError")]
    [InlineData("['a\\nb', '€', 'a\\0'].map(v => { try { new Headers({ n: v }) } catch (e) { return e.name } })", "TypeError,TypeError,TypeError")]
    [InlineData("(() => { const h = new Headers({ a: 'b' }); h.set('c', 'd'); h.delete('A'); return [h.has('a'), h.get('a'), h.get('C'), new Headers(h).get('c')] })()", "false,,d,d")]
    [InlineData("Object.prototype.toString.call(new Headers()) + Headers.length", "[object Headers]0")]
    public async Task Headers_compare_names_without_case_and_refuse_what_HTTP_does_not_allow(string expression, string value) => (await TextAsync(expression)).ShouldBe(value);

    [Fact(Timeout = Timeout)]
    public async Task An_interval_repeats_until_it_is_cleared()
    {
        const string Source = """
            let count = 0;
            await new Promise(resolve => {
              const id = setInterval((step) => { count += step; if (count >= 30) { clearInterval(id); setTimeout(resolve, 5) } }, 1, 10);
            });
            return count;
            """;
        (await Worker.OutputAsync(Source)).ShouldBe("30");
    }

    [Fact(Timeout = Timeout)]
    public async Task An_interval_ends_with_its_execution_and_the_log_counts_it()
    {
        var request = Worker.Request("setInterval(() => console.log('again'), 1); return 1");
        (await Worker.RunAsync(request)).Outcome.ShouldBe(InvocationOutcome.Completed);
        (await Worker.OutputAsync("await new Promise(resolve => setTimeout(resolve, 20)); return 2")).ShouldBe("2");
        Worker.Log(request).ShouldNotContain(line => line.Message.Contains("again", StringComparison.Ordinal));
    }

    [Fact(Timeout = Timeout)]
    public async Task The_clock_of_performance_begins_with_the_execution_and_never_goes_back()
    {
        const string Source = """
            const first = performance.now();
            await new Promise(resolve => setTimeout(resolve, 30));
            const second = performance.now();
            return [first >= 0, second > first, second >= 25, Math.abs(performance.timeOrigin + second - Date.now()) < 10_000].join();
            """;
        for (var i = 0; i < 2; i++) (await Worker.OutputAsync(Source)).ShouldBe("\"true,true,true,true\"");
    }

    [Fact(Timeout = Timeout)]
    public async Task An_uncaught_DOMException_is_told_by_its_name_and_line()
    {
        var result = await Worker.RunAsync("const a = 1;\natob('a');");
        result.Error!.Message.ShouldContain("not correctly encoded");
        result.Error.Name.ShouldBe("\"InvalidCharacterError\"");
        result.Error.Line.ShouldBe(2);
    }

    private async Task<string> TextAsync(string expression) =>
        JsonSerializer.Deserialize<string>((await Worker.OutputAsync($"return String({expression})"))!)!;
}
