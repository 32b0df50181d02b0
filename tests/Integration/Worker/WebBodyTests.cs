using System.Text.Json;
using Sandbox.Protocol.Rpc;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Worker;

/// <summary>Blobs, forms, requests and responses without a network; a returned Response is an http script's answer.</summary>
public sealed class WebBodyTests(WorkerFixture fixture) : IClassFixture<WorkerFixture>
{
    private const int Timeout = 60_000;

    [Theory(Timeout = Timeout)]
    [InlineData("await new Blob(['ä', new Uint8Array([33]), new Blob(['x'])], { type: 'Text/Plain' }).text()", "ä!x")]
    [InlineData("await (async () => { const b = new Blob(['ab'], { type: 'a/b' }); const c = structuredClone({ b, same: b }); return [c.b instanceof Blob, c.b !== b, c.b === c.same, c.b.type, await c.b.text()].join() })()", "true,true,true,a/b,ab")]
    [InlineData("await (async () => { const c = structuredClone(new File(['ab'], 'n.txt', { type: 'a/b', lastModified: 5 })); return [c instanceof File, c.name, c.lastModified, c.type, await c.text()].join() })()", "true,n.txt,5,a/b,ab")]
    [InlineData("await (async () => [...(await new Response('\\ufeffa=1', { headers: { 'content-type': 'application/x-www-form-urlencoded' } }).formData()).keys()][0].length)()", "2")]
    [InlineData("[new Blob(['abc']).slice(1, -1).size, new Blob(['a'], { type: 'A/B' }).type, new File(['a'], 'n.txt', { lastModified: 5 }).lastModified].join()", "1,a/b,5")]
    [InlineData("(() => { const f = new FormData(); f.append('a', 1); f.append('f', new Blob(['x']), 'y.txt'); f.set('a', 2); return [[...f.keys()], f.get('a'), f.get('f').name, f.get('f') instanceof File].join() })()", "a,f,2,y.txt,true")]
    [InlineData("await (async () => { const f = new FormData(); f.append('a\"', 'l1\\nl2'); f.append('f', new File(['é'], 'n.txt', { type: 'text/x' })); const g = await new Response(f).formData(); return [g.get('a\"') === 'l1\\r\\nl2', await g.get('f').text(), g.get('f').name, g.get('f').type].join() })()", "true,é,n.txt,text/x")]
    [InlineData("(await new Response(new URLSearchParams({ a: 'b c' })).formData()).get('a')", "b c")]
    [InlineData("await (async () => { const r = new Response('{\"a\":1}', { status: 201, headers: { x: 'y' } }); const c = r.clone(); return [(await r.json()).a, r.bodyUsed, c.bodyUsed, c.status, c.ok, c.headers.get('x'), c.headers.get('content-type'), await r.text().catch(e => e.name)].join() })()", "1,true,false,201,true,y,text/plain;charset=UTF-8,TypeError")]
    [InlineData("(() => { const r = new Request('http://a/b c', { method: 'post', body: 'x', headers: { a: 'b' } }); const s = new Request(r, { method: 'PUT' }); return [r.url, r.method, s.method, s.headers.get('a'), s.signal.aborted].join() })()", "http://a/b%20c,POST,PUT,b,false")]
    [InlineData("(() => { const c = new AbortController(); const r = new Request('http://a', { signal: c.signal }); c.abort(); return r.signal.aborted })()", "true")]
    [InlineData("[() => new Request('nope'), () => new Request('http://a', { body: 'x' }), () => new Request('http://u:p@a'), () => new Response('x', { status: 204 }), () => new Response('', { status: 99 })].map(f => { try { f() } catch (e) { return e.name } }).join()", "TypeError,TypeError,TypeError,TypeError,RangeError")]
    [InlineData("[Response.json({ a: 1 }).headers.get('content-type'), Response.redirect('http://a/').headers.get('location'), Response.redirect('http://a').status, Response.error().type].join()", "application/json,http://a/,302,error")]
    [InlineData("[Response.name, Response.length, Request.length, Object.prototype.toString.call(new Response()), Object.keys(Response.prototype).includes('json')].join()", "Response,0,1,[object Response],true")]
    [InlineData("(() => { const r = new Request('http://a', { method: 'POST', body: 'x' }); try { new Request(r, { method: 'GET' }) } catch (e) { return [e.name, r.bodyUsed].join() } })()", "TypeError,false")]
    public async Task Bodies_are_read_and_written(string expression, string value) =>
        JsonSerializer.Deserialize<string>((await fixture.Worker.OutputAsync($"return String({expression})"))!).ShouldBe(value);

    [Theory(Timeout = Timeout)]
    [InlineData("sdk.respond(500); return new Response('ä', { status: 201, headers: { x: 'y' } })", """{"status":201,"headers":{"content-type":"text/plain;charset=UTF-8","x":"y"},"body":"ä"}""")]
    [InlineData("return Response.json({ a: 1 })", """{"status":200,"headers":{"content-type":"application/json"},"body":"{\"a\":1}"}""")]
    [InlineData("return new Response(new Uint8Array([255, 0]))", """{"status":200,"headers":{"content-type":"application/octet-stream"},"body":"/wA=","bodyEncoding":"base64"}""")]
    [InlineData("return new Response(null, { status: 204, headers: [['set-cookie', 'a'], ['set-cookie', 'b']] })", """{"status":204,"headers":{"set-cookie":["a","b"]},"body":null}""")]
    [InlineData("sdk.respond(200, 'x', new Headers({ 'X-A': 'b' }))", """{"status":200,"headers":{"x-a":"b","content-type":"text/plain; charset=utf-8"},"body":"x"}""")]
    [InlineData("export default () => Response.redirect('http://a/')", """{"status":302,"headers":{"location":"http://a/"},"body":null}""")]
    public async Task A_returned_Response_is_the_answer(string source, string answer)
    {
        var result = await fixture.Worker.RunAsync(fixture.Worker.Request(source) with { IsHttp = true });
        result.Responded.ShouldBeTrue($"{result.Error?.Message}");
        result.Output.ShouldBe(answer);
    }

    [Theory(Timeout = Timeout)]
    [InlineData("return Response.error()", "status")]
    [InlineData("const r = new Response('a'); await r.text(); return r", "read already")]
    public async Task A_Response_that_cannot_be_sent_fails_the_execution(string source, string message)
    {
        var result = await fixture.Worker.RunAsync(fixture.Worker.Request(source) with { IsHttp = true });
        result.Outcome.ShouldBe(InvocationOutcome.Threw);
        result.Error!.Message.ShouldContain(message);
    }
}
