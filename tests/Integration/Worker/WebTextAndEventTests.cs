using System.Text.Json;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Worker;

/// <summary>Text in every encoding, events and the signals that abort.</summary>
public sealed class WebTextAndEventTests(WorkerFixture fixture) : IClassFixture<WorkerFixture>
{
    private const int Timeout = 60_000;

    [Theory(Timeout = Timeout)]
    [InlineData("new TextDecoder('windows-1251').decode(new Uint8Array([0xcf, 0xf0, 0xe8]))", "При")]
    [InlineData("new TextDecoder('windows-1252').decode(new Uint8Array([0x80, 0xe4, 0x81])) === '€ä' + String.fromCharCode(0x81)", "true")]
    [InlineData("new TextDecoder('latin1').encoding + new TextDecoder(' UTF8 ').encoding", "windows-1252utf-8")]
    [InlineData("new TextDecoder('shift_jis').decode(new Uint8Array([0x93, 0xfa, 0x96, 0x7b]))", "日本")]
    [InlineData("new TextDecoder('gbk').decode(new Uint8Array([0xc4, 0xe3]))", "你")]
    [InlineData("new TextDecoder('gb18030').decode(new Uint8Array([0x81, 0x30, 0x81, 0x30])).codePointAt(0)", "128")]
    [InlineData("new TextDecoder('big5').decode(new Uint8Array([0xa7, 0x41]))", "你")]
    [InlineData("new TextDecoder('euc-kr').decode(new Uint8Array([0xc7, 0xd1]))", "한")]
    [InlineData("new TextDecoder('euc-jp').decode(new Uint8Array([0xc6, 0xfc]))", "日")]
    [InlineData("new TextDecoder('iso-2022-jp').decode(new Uint8Array([0x1b, 0x24, 0x42, 0x46, 0x7c]))", "日")]
    [InlineData("new TextDecoder('utf-16le').decode(new Uint8Array([0x3d, 0xd8, 0x00, 0xde]))", "😀")]
    [InlineData("new TextDecoder().decode(new Uint8Array([0xef, 0xbb, 0xbf, 0x61])) + new TextDecoder('utf-8', { ignoreBOM: true }).decode(new Uint8Array([0xef, 0xbb, 0xbf])).length", "a1")]
    [InlineData("(() => { const d = new TextDecoder(); const e = new TextEncoder().encode('ä'); return d.decode(e.subarray(0, 1), { stream: true }) + d.decode(e.subarray(1)) })()", "ä")]
    [InlineData("(() => { try { new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array([0xff])) } catch (e) { return e.name } })()", "TypeError")]
    [InlineData("(() => { try { new TextDecoder('nope') } catch (e) { return e.name } })()", "RangeError")]
    [InlineData("[...new TextEncoder().encode('ä😀')].join()", "195,164,240,159,152,128")]
    [InlineData("JSON.stringify(new TextEncoder().encodeInto('aä', new Uint8Array(2)))", "{\"read\":1,\"written\":1}")]
    [InlineData("new TextDecoder().decode(new Uint8Array(5_000_000).fill(97)).length", "5000000")]
    public async Task Text_is_decoded_in_every_encoding_of_the_web(string expression, string value) => (await TextAsync(expression)).ShouldBe(value);

    [Theory(Timeout = Timeout)]
    [InlineData("(() => { const c = new AbortController(); let n = 0; c.signal.addEventListener('abort', () => n++); c.signal.onabort = () => n += 10; c.abort(); c.abort(); return [n, c.signal.aborted, c.signal.reason.name, c.signal.reason.code] })()", "11,true,AbortError,20")]
    [InlineData("(() => { const c = new AbortController(); c.abort('why'); try { c.signal.throwIfAborted() } catch (e) { return e } })()", "why")]
    [InlineData("(() => { const c = new AbortController(); const any = AbortSignal.any([c.signal, AbortSignal.timeout(1e9)]); c.abort(5); return [any.aborted, any.reason, AbortSignal.abort().aborted] })()", "true,5,true")]
    [InlineData("await new Promise(r => { const s = AbortSignal.timeout(5); s.onabort = () => r(s.reason.name) })", "TimeoutError")]
    [InlineData("(() => { try { new AbortSignal() } catch (e) { return e.message + Object.prototype.toString.call(AbortSignal.abort()) } })()", "Illegal constructor[object AbortSignal]")]
    [InlineData("(() => { const t = new EventTarget(); const seen = []; t.addEventListener('a', { handleEvent(e) { seen.push(e.type, e.target === t, e.eventPhase) } }, { once: true }); t.dispatchEvent(new Event('a')); t.dispatchEvent(new Event('a')); return seen })()", "a,true,2")]
    [InlineData("(() => { const t = new EventTarget(); t.addEventListener('a', e => e.preventDefault()); return [t.dispatchEvent(new Event('a')), t.dispatchEvent(new Event('a', { cancelable: true }))] })()", "true,false")]
    [InlineData("(() => { class T extends EventTarget { }; const t = new T(); let n = 0; t.addEventListener('a', e => { n++; e.stopImmediatePropagation() }); t.addEventListener('a', () => n += 10); t.dispatchEvent(new Event('a')); return n })()", "1")]
    public async Task Events_reach_their_listeners_and_signals_abort(string expression, string value) => (await TextAsync(expression)).ShouldBe(value);

    [Fact(Timeout = Timeout)]
    public async Task What_a_listener_throws_is_in_the_log_and_the_others_still_hear()
    {
        var request = fixture.Worker.Request("let n = 0; const t = new EventTarget(); t.addEventListener('a', () => { throw new Error('broken') }); t.addEventListener('a', () => n++); t.dispatchEvent(new Event('a')); return n");
        (await fixture.Worker.RunAsync(request)).Output.ShouldBe("1");
        fixture.Worker.Log(request).ShouldContain(line => line.Message.Contains("an event listener", StringComparison.Ordinal) && line.Message.Contains("broken", StringComparison.Ordinal));
    }

    private async Task<string> TextAsync(string expression) =>
        JsonSerializer.Deserialize<string>((await fixture.Worker.OutputAsync($"return String({expression})"))!)!;
}
