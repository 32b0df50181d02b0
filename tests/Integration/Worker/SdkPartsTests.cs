using System.Text.Json;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Worker;

/// <summary>Parts of the sdk that need nothing but the isolate: <c>sdk.crypto</c>, <c>sdk.csv</c>, <c>sdk.webhooks</c>, and the global <c>crypto</c>.</summary>
public sealed class SdkPartsTests(WorkerFixture fixture) : IClassFixture<WorkerFixture>
{
    private const int Patience = 60_000;

    /// <summary>The code of what a call throws.</summary>
    private const string Codes = "const code = (f) => { try { return f(); } catch (e) { return e.code ?? e.name; } };";

    [Theory(Timeout = Patience)]
    [InlineData("sdk.crypto.hash('md5', 'abc')", "900150983cd24fb0d6963f7d28e17f72")]
    [InlineData("sdk.crypto.hash('sha1', 'abc')", "a9993e364706816aba3e25717850c26c9cd0d89d")]
    [InlineData("sdk.crypto.hash('sha256', 'abc')", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("sdk.crypto.hash('sha384', 'abc').slice(0, 32)", "cb00753f45a35e8bb5a03d699ac65007")]
    [InlineData("sdk.crypto.hash('sha512', 'abc').slice(0, 32)", "ddaf35a193617abacc417349ae204131")]
    [InlineData("sdk.crypto.hash('md5', new Uint8Array([97, 98, 99]), 'base64')", "kAFQmDzST7DWlj99KOF/cg==")]
    [InlineData("sdk.crypto.hash('md5', new Uint8Array([97, 98, 99]).buffer, 'base64url')", "kAFQmDzST7DWlj99KOF_cg")]
    [InlineData("String(sdk.crypto.hash('md5', 'abc', 'bytes').length)", "16")]
    [InlineData("sdk.crypto.hash('sha1', 'é€😀') === sdk.crypto.hash('sha1', new Uint8Array([195, 169, 226, 130, 172, 240, 159, 152, 128])) ? 'same' : ''", "same")]
    [InlineData("sdk.crypto.hmac('md5', 'Jefe', 'what do ya want for nothing?')", "750c783e6ab0b503eaa86e310a5db738")]
    [InlineData("sdk.crypto.hmac('sha256', 'Jefe', 'what do ya want for nothing?')", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")]
    [InlineData("code(() => sdk.crypto.hash('sha3', ''))", "INVALID_ARGUMENT")]
    [InlineData("code(() => sdk.crypto.hash('toString', ''))", "INVALID_ARGUMENT")]
    [InlineData("code(() => sdk.crypto.hash('md5', 1))", "INVALID_ARGUMENT")]
    [InlineData("code(() => sdk.crypto.hash('md5', '', 'utf8'))", "INVALID_ARGUMENT")]
    public async Task Hashes_are_those_of_their_standards(string expression, string expected) => (await EvaluateAsync(expression)).GetString().ShouldBe(expected);

    [Theory(Timeout = Patience)]
    [InlineData("sdk.crypto.timingSafeEqual('abc', new Uint8Array([97, 98, 99]))", true)]
    [InlineData("sdk.crypto.timingSafeEqual('abc', 'abd')", false)]
    [InlineData("sdk.crypto.timingSafeEqual('abc', 'abcd')", false)]
    public async Task Bytes_are_compared_by_value(string expression, bool expected) => (await EvaluateAsync(expression)).GetBoolean().ShouldBe(expected);

    [Theory(Timeout = Patience)]
    [InlineData("""sdk.csv.parse('a,b\n1,2\n')""", """[{"a":"1","b":"2"}]""")]
    [InlineData("""sdk.csv.parse('\uFEFFa,b\r\n"x, ""y""\n",\r\n\r\n')""", """[{"a":"x, \u0022y\u0022\n","b":""}]""")]
    [InlineData("""sdk.csv.parse('1;2', { header: false, delimiter: ';' })""", """[["1","2"]]""")]
    [InlineData("""sdk.csv.parse('a\tb\n1\t2', { delimiter: 'auto' })""", """[{"a":"1","b":"2"}]""")]
    [InlineData("""sdk.csv.parse("1,'x,y'", { columns: ['n', 't'], quote: "'" })""", """[{"n":"1","t":"x,y"}]""")]
    [InlineData("""sdk.csv.parse('')""", "[]")]
    [InlineData("""sdk.csv.stringify([{ a: 1, b: null }, { a: 'x,"y"', c: true }])""", "\"a,b,c\\r\\n1,,\\r\\n\\u0022x,\\u0022\\u0022y\\u0022\\u0022\\u0022,,true\"")]
    [InlineData("""sdk.csv.stringify([[1, 'a b'], ['2', new Date(0)]], { newline: '\n', delimiter: ';' })""", "\"1;a b\\n2;1970-01-01T00:00:00.000Z\"")]
    [InlineData("""sdk.csv.stringify([{ a: 1, b: 2 }], { columns: ['b'], header: false, bom: true })""", "\"\\uFEFF2\"")]
    [InlineData("""sdk.csv.stringify([['=1+1', '-x', '@a', -5, 'a=']], { formulas: 'escape' })""", "\"\\u0027=1\\u002B1,\\u0027-x,\\u0027@a,-5,a=\"")]
    public async Task Tables_are_read_and_written(string expression, string expected) =>
        JsonSerializer.Serialize(await EvaluateAsync(expression)).ShouldBe(JsonSerializer.Serialize(JsonDocument.Parse(expected).RootElement));

    [Theory(Timeout = Patience)]
    [InlineData("""sdk.csv.parse('a,b\n"x\ny",1\n1,2,3')""", "line 4 has 3 fields where there are 2 columns")]
    [InlineData("""sdk.csv.parse('a,b\n1,2\n"x,3')""", "line 3: a quoted field is not closed")]
    [InlineData("""sdk.csv.parse('a,b\n"x"y,3')""", "line 2: a quoted field goes on after its closing quote")]
    [InlineData("""sdk.csv.parse('a,a\n1,2')""", "line 1 names the column \"a\" twice")]
    [InlineData("""sdk.csv.parse(1)""", "the text must be a string")]
    [InlineData("""sdk.csv.parse('', { seperator: ';' })""", "there is no option seperator")]
    [InlineData("""sdk.csv.parse('', { delimiter: '"' })""", "delimiter and quote must differ")]
    [InlineData("""sdk.csv.stringify({})""", "the rows must be a list")]
    public async Task What_is_no_table_is_told_by_its_line(string expression, string expected)
    {
        var told = (await EvaluateAsync($"(() => {{ try {{ {expression}; }} catch (e) {{ return `${{e.code}} ${{e.message}}`; }} }})()")).GetString()!;
        told.ShouldStartWith("INVALID_ARGUMENT sdk.csv.");
        told.ShouldContain(expected);
    }

    [Fact(Timeout = Patience)]
    public async Task A_column_of_any_name_is_data()
    {
        const string source = "(() => { const [row] = sdk.csv.parse('__proto__,toString\\nx,y'); return [Object.keys(row), Object.getPrototypeOf(row) === Object.prototype, ({}).x]; })()";
        (await EvaluateAsync(source)).GetRawText().ShouldBe("""[["__proto__","toString"],true,null]""");
    }

    [Fact(Timeout = Patience)]
    public async Task Ten_megabytes_are_parsed()
    {
        const string source = "sdk.csv.parse('a,b\\n' + `\"${'x\"\"y,\\n'.repeat(170)}\",1\\n`.repeat(10000)).length";
        (await EvaluateAsync(source)).GetInt32().ShouldBe(10_000);
    }

    [Theory(Timeout = Patience)]
    [InlineData("'github', { secret: \"It's a Secret to Everybody\", headers: { 'X-HUB-Signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17' }, rawBody: 'Hello, World!' }", "true")]
    [InlineData("'github', { secret: \"It's a Secret to Everybody\", headers: new Map([['x-hub-signature-256', 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17']]), rawBody: 'SGVsbG8sIFdvcmxkIQ==', rawBodyEncoding: 'base64' }", "true")]
    [InlineData("'github', { secret: 's', headers: {}, rawBody: '' }", "false")]
    [InlineData("'stripe', { secret: 's', headers: { 'stripe-signature': `t=${now},v1=00,v1=${mac('s', `${now}.{}`)}` }, rawBody: '{}' }", "true")]
    [InlineData("'stripe', { secret: 's', headers: { 'stripe-signature': `t=${now - 400},v1=${mac('s', `${now - 400}.{}`)}` }, rawBody: '{}' }", "false")]
    [InlineData("'stripe', { secret: 's', headers: { 'stripe-signature': `t=${now - 400},v1=${mac('s', `${now - 400}.{}`)}` }, rawBody: '{}', tolerance: 3600 }", "true")]
    [InlineData("'slack', { secret: 's', headers: { 'x-slack-signature': `v0=${mac('s', `v0:${now}:{}`)}`, 'x-slack-request-timestamp': `${now}` }, rawBody: '{}' }", "true")]
    [InlineData("'standard', { secret: 'whsec_AAAA', headers: { 'webhook-id': 'm', 'webhook-timestamp': `${now}`, 'webhook-signature': `v1,AA v1,${mac(new Uint8Array(3), `m.${now}.{}`, 'base64')}` }, rawBody: '{}' }", "true")]
    [InlineData("'standard', { secret: 'whsec_AAAA', headers: { 'webhook-id': 'm', 'webhook-timestamp': 'x', 'webhook-signature': 'v1,AA' }, rawBody: '{}' }", "false")]
    [InlineData("'acme', { secret: 's', headers: {}, rawBody: '' }", "\"INVALID_ARGUMENT\"")]
    [InlineData("'github', { secret: 's', headers: {} }", "\"INVALID_ARGUMENT\"")]
    [InlineData("'github', { headers: {}, rawBody: '' }", "\"INVALID_ARGUMENT\"")]
    [InlineData("'github'", "\"INVALID_ARGUMENT\"")]
    public async Task A_webhooks_signature_is_verified_as_its_provider_documents_it(string arguments, string expected)
    {
        const string setUp = "const now = Math.floor(Date.now() / 1000); const mac = (key, data, enc) => sdk.crypto.hmac('sha256', key, data, enc);";
        (await EvaluateAsync($"code(() => sdk.webhooks.verify({arguments}))", setUp)).GetRawText().ShouldBe(expected);
    }

    [Fact(Timeout = Patience)]
    public async Task Random_numbers_differ_and_follow_the_webs_rules()
    {
        const string source = """
            (() => {
              const big = crypto.getRandomValues(new Uint32Array(16384));
              const ids = new Set(Array.from({ length: 1000 }, () => crypto.randomUUID()));
              return [
                new Set(big).size > 16000, big.some((n) => n > 0x80000000), ids.size, [...ids].every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)),
                code(() => crypto.getRandomValues(new Uint8Array(65537))), code(() => crypto.getRandomValues(new Float64Array(1))), code(() => crypto.getRandomValues([])),
              ];
            })()
            """;
        (await EvaluateAsync(source)).GetRawText().ShouldBe("""[true,true,1000,true,"QuotaExceededError","TypeMismatchError","TypeMismatchError"]""");
    }

    [Fact(Timeout = Patience)]
    public async Task A_key_signs_and_verifies_and_gives_its_bytes_only_where_it_is_extractable()
    {
        const string source = """
            await (async () => {
              const { subtle } = crypto;
              const text = (s) => Uint8Array.from(s, (c) => c.charCodeAt(0));
              const failure = async (f) => { try { await f(); return ''; } catch (e) { return e.name; } };
              const algorithm = { name: 'hmac', hash: 'sha-256' };
              const key = await subtle.importKey('raw', text('Jefe'), algorithm, false, ['sign', 'verify']);
              const signature = await subtle.sign('HMAC', key, text('what do ya want for nothing?'));
              const open = await subtle.importKey('jwk', { kty: 'oct', k: 'SmVmZQ', alg: 'HS256' }, algorithm, true, ['verify']);
              return [
                sdk.crypto.timingSafeEqual(signature, sdk.crypto.hmac('sha256', 'Jefe', 'what do ya want for nothing?', 'bytes')),
                await subtle.verify('HMAC', open, signature, text('what do ya want for nothing?')), await subtle.verify('HMAC', open, signature, text('?')),
                await failure(() => subtle.exportKey('raw', key)), (await subtle.exportKey('jwk', open)).k, await failure(() => subtle.sign('HMAC', open, text('x'))),
                JSON.stringify(key).includes('Jefe'), Object.isFrozen(key) && Object.isFrozen(key.usages) && Object.isFrozen(crypto) && Object.isFrozen(subtle.sign),
                sdk.crypto.timingSafeEqual(await subtle.digest('SHA-1', text('abc')), sdk.crypto.hash('sha1', 'abc', 'bytes')),
                await failure(() => subtle.digest('MD5', text('abc'))), await failure(() => subtle.importKey('raw', text('x'), algorithm, false, [])),
              ];
            })()
            """;
        (await EvaluateAsync(source)).GetRawText().ShouldBe("""[true,true,false,"InvalidAccessError","SmVmZQ","InvalidAccessError",false,true,true,"NotSupportedError","SyntaxError"]""");
    }

    private async Task<JsonElement> EvaluateAsync(string expression, string setUp = "") =>
        JsonDocument.Parse((await fixture.Worker.OutputAsync($"{Codes}{setUp}\nreturn {expression};"))!).RootElement.Clone();
}
