using Sandbox.Supervisor.Uses;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Uses;

/// <summary>What is read from a source, and where that is not possible.</summary>
public sealed class UsesInferenceTests
{
    private const string ReadsOrders = """{"entities":{"orders":["read"]}}""";
    private const string WritesOrders = """{"entities":{"orders":["write"]}}""";
    private const string CallsExample = """{"hosts":["api.example.com"]}""";
    private const string Nothing = "{}";

    [Theory]
    // Entities: what reads and what writes.
    [InlineData("return await sdk.db.find('orders');", ReadsOrders)]
    [InlineData("return await sdk.db.findOne('orders', {where: {id: 1}});", ReadsOrders)]
    [InlineData("return await sdk.db.get('orders', context.input.id);", ReadsOrders)]
    [InlineData("return await sdk.db.count('orders');", ReadsOrders)]
    [InlineData("await sdk.db.insert('orders', {a: 1});", WritesOrders)]
    [InlineData("await sdk.db.update('orders', {id: 1}, {a: 1});", WritesOrders)]
    [InlineData("await sdk.db.updateById('orders', 1, {a: 1});", WritesOrders)]
    [InlineData("await sdk.db.delete('orders', {id: 1});", WritesOrders)]
    [InlineData("await sdk.db.deleteById('orders', 1);", WritesOrders)]
    [InlineData("await sdk.db.upsert('orders', {id: 1}, {on: ['id']});", WritesOrders)]
    [InlineData("await sdk.db.insert('b', await sdk.db.find('b')); await sdk.db.get('a', 1);", """{"entities":{"a":["read"],"b":["read","write"]}}""")]
    [InlineData("return await sdk.db.entities();", Nothing)]
    // Ways to write the same.
    [InlineData("return await sdk['db']['find'](\"orders\");", ReadsOrders)]
    [InlineData("return await sdk?.db?.find?.(`orders`);", ReadsOrders)]
    [InlineData("return (await (sdk).db.find(('orders'))).length;", ReadsOrders)]
    [InlineData("const { db } = sdk; return db.find('orders');", ReadsOrders)]
    [InlineData("const { db: data } = sdk; return data.find('orders');", ReadsOrders)]
    [InlineData("const { db: { find } } = sdk; return find('orders');", ReadsOrders)]
    [InlineData("const { db = null } = sdk; return db.find('orders');", ReadsOrders)]
    [InlineData("const s = sdk; return s.db.find('orders');", ReadsOrders)]
    [InlineData("const s = sdk, d = s.db, f = d.find; return f('orders');", ReadsOrders)]
    [InlineData("let d = sdk.db; return d.find('orders');", ReadsOrders)]
    [InlineData("var d = sdk.db; return d.find('orders');", ReadsOrders)]
    [InlineData("return load(); function load() { return d.find('orders'); } const d = sdk.db;", ReadsOrders)]
    [InlineData("const d = sdk.db; class A { static x = 1; load() { return d.find('orders'); } } return new A().load();", ReadsOrders)]
    [InlineData("const part = 'db'; return sdk[part].find('orders');", ReadsOrders)]
    [InlineData("const name = 'orders'; return sdk.db.find(name);", ReadsOrders)]
    [InlineData("const name = 'ord' + 'ers'; return sdk.db.find(`${name}`);", ReadsOrders)]
    [InlineData("return sdk.db.find(context.input ? 'orders' : 'clients');", """{"entities":{"clients":["read"],"orders":["read"]}}""")]
    [InlineData("for (const id of context.input) { if (id) { try { await sdk.db.get('orders', id); } catch { } } }", ReadsOrders)]
    [InlineData("switch (context.input) { case 1: { return sdk.db.find('orders'); } default: return 1; }", ReadsOrders)]
    [InlineData("const all = ids => Promise.all(ids.map(id => sdk.db.get('orders', id))); return all([1]);", ReadsOrders)]
    // Transactions.
    [InlineData("await sdk.db.transaction(async tx => { await tx.insert('orders', {}); });", WritesOrders)]
    [InlineData("await sdk.db.transaction(async function (tx) { await tx.insert('orders', {}); });", WritesOrders)]
    [InlineData("await sdk.db.transaction(async ({ insert }) => insert('orders', {}));", WritesOrders)]
    [InlineData("const { db } = sdk; await db.transaction(async tx => { const t = tx; await t.insert('orders', {}); });", WritesOrders)]
    [InlineData("async function work(tx) { await tx.insert('orders', {}); } await sdk.db.transaction(work);", WritesOrders)]
    [InlineData("const work = async tx => tx.insert('orders', {}); await sdk.db.transaction(work);", WritesOrders)]
    // Secrets, scripts, events, e-mail.
    [InlineData("return await sdk.secrets.get('crm');", """{"secrets":["crm"]}""")]
    [InlineData("return await sdk.scripts.invoke('price', {});", """{"scripts":["price"]}""")]
    [InlineData("await sdk.events.publish('order.item.paid', {});", """{"events":["order.item.paid"]}""")]
    [InlineData("await events.publish('order.item.paid', {});", """{"events":["order.item.paid"]}""")]
    [InlineData("await sdk.email.send({to: 'a@example.com'});", """{"email":true}""")]
    [InlineData("const { email } = sdk; await email.send({to: context.input});", """{"email":true}""")]
    [InlineData("await notify(sdk.email); async function notify(mail) { await mail.send({}); }", """{"email":true}""")]
    // Hosts and connections.
    [InlineData("return await fetch('https://api.example.com/v1?x=1');", CallsExample)]
    [InlineData("return await fetch('https://API.Example.com');", CallsExample)]
    [InlineData("return await fetch(`https://api.example.com/${context.input.id}`);", CallsExample)]
    [InlineData("return await fetch('https://api.example.com/' + context.input.id);", CallsExample)]
    [InlineData("const base = 'https://api.example.com'; return await fetch(`${base}/x/${context.input.id}`);", CallsExample)]
    [InlineData("return await fetch(new URL('https://api.example.com/x'));", CallsExample)]
    [InlineData("return await fetch(new Request('https://api.example.com/x', {method: 'POST'}));", CallsExample)]
    [InlineData("return await sdk.http.get('https://api.example.com:8443/');", CallsExample)]
    [InlineData("return await sdk.http.request('POST', 'https://api.example.com/', {});", CallsExample)]
    [InlineData("return await sdk.http.post('https://user@api.example.com/', {});", CallsExample)]
    [InlineData("return await fetch('http://0x7f.1/');", """{"hosts":["127.0.0.1"]}""")]
    [InlineData("return await fetch('http://2130706433:8080/');", """{"hosts":["127.0.0.1"]}""")]
    [InlineData("return await fetch('http://１２７.0.0.1/');", """{"hosts":["127.0.0.1"]}""")]
    [InlineData("return await fetch('http://[0:0::1]/');", """{"hosts":["::1"]}""")]
    [InlineData("return await fetch('http://Example.COM./');", """{"hosts":["example.com"]}""")]
    [InlineData("return await sdk.http.get('https://api.example.com/', {connection: 'crm'});", """{"hosts":["api.example.com"],"connections":["crm"]}""")]
    [InlineData("const o = {connection: 'crm'}; return await sdk.http.put('https://api.example.com/', {}, o);", """{"hosts":["api.example.com"],"connections":["crm"]}""")]
    [InlineData("return await fetch('/relative');", Nothing)]
    // Modules.
    [InlineData("export default async (context, sdk) => sdk.db.find('orders');", ReadsOrders)]
    [InlineData("export default async (context, { db }) => db.find('orders');", ReadsOrders)]
    [InlineData("export default async function (c, kit) { return kit.db.find('orders'); }", ReadsOrders)]
    [InlineData("async function main(c, kit) { return kit.db.find('orders'); }\nexport default main;", ReadsOrders)]
    [InlineData("const main = async (c, kit) => kit.db.find('orders');\nexport { main as default };", ReadsOrders)]
    [InlineData("const load = () => sdk.db.find('orders');\nexport default () => load();", ReadsOrders)]
    // What is no use of the sdk.
    [InlineData("return 1;", Nothing)]
    [InlineData("console.log(typeof sdk, typeof fetch); if (sdk.db) return !sdk.http; sdk;", Nothing)]
    [InlineData("sdk.log.info('x'); await sdk.cache.get('k'); sdk.label('a', context.input);", Nothing)]
    [InlineData("const log = sdk.log; use(sdk.cache); function use(cache) { return cache.get('k'); }", Nothing)]
    [InlineData("const sdk = {db: {find: () => 1}}; return sdk.db.find('orders');", Nothing)]
    [InlineData("return load({find: x => x}); function load(db) { return db.find('orders'); }", Nothing)]
    [InlineData("const o = {sdk: 1, fetch() { return 2; }, events: 3}; return o.sdk + o.events + o.fetch();", Nothing)]
    [InlineData("try { throw 1 } catch (sdk) { return sdk.db; }", Nothing)]
    [InlineData("// sdk.db.find('orders')\nreturn 'sdk.db.find(\"orders\")';", Nothing)]
    [InlineData("return await sdk.secrets.get();", Nothing)]
    [InlineData("return await sdk.scripts.invoke(5);", Nothing)]
    [InlineData("await using lease = context.x; return /[\\p{L}--[a-z]]/v.test('x') || 1_000n;", Nothing)]
    [InlineData("\uFEFFreturn await sdk.db.find('orders');", ReadsOrders)]
    public void What_is_written_out_is_read_from_the_source(string source, string uses)
    {
        var inferred = UsesInference.Of(source);

        inferred.Unknown.ShouldBeEmpty();
        inferred.Uses.ToJson().ShouldBe(uses);
    }

    [Theory]
    [InlineData("return sdk.db.find(context.input.name);", 1, 20)]
    [InlineData("const n = context.input;\nreturn await sdk.secrets.get('s' + n);", 2, 30)]
    [InlineData("return sdk.scripts.invoke(context.scriptName);", 1, 27)]
    [InlineData("return events.publish(`order.${context.input}.paid`);", 1, 23)]
    [InlineData("return sdk.db.find(...context.input);", 1, 20)]
    [InlineData("for (const n of ['a', 'b']) await sdk.db.find(n);", 1, 47)]
    [InlineData("let n = 'a'; n = context.input; return sdk.db.find(n);", 1, 52)]
    [InlineData("return fetch(context.input.url);", 1, 14)]
    [InlineData("return fetch(`https://${context.input}/x`);", 1, 14)]
    [InlineData("return fetch(`https://api.example.com${context.input}`);", 1, 14)]
    [InlineData("return fetch('https://api.example' + context.input);", 1, 14)]
    [InlineData("return sdk.http.get('https://a.example.com/', {connection: context.input});", 1, 60)]
    [InlineData("return sdk[context.input].find('a');", 1, 12)]
    [InlineData("return sdk.db[context.input]('a');", 1, 15)]
    [InlineData("return work(sdk); function work(s) { return s.db.find('a'); }", 1, 13)]
    [InlineData("return work(sdk.db); function work(d) { return d.find('a'); }", 1, 13)]
    [InlineData("return ['a'].map(sdk.db.find);", 1, 18)]
    [InlineData("return sdk.db.find.call(null, 'a');", 1, 8)]
    [InlineData("const o = {sdk}; return o.sdk.db.find('a');", 1, 12)]
    [InlineData("const o = {...sdk}; return o.db.find('a');", 1, 15)]
    [InlineData("const {...o} = sdk; return o.db.find('a');", 1, 16)]
    [InlineData("let d; d = sdk.db; return d.find('a');", 1, 12)]
    [InlineData("let d = sdk.db; d = null; return d.find('a');", 1, 9)]
    [InlineData("const f = (d = sdk.db) => d.find('a'); return f();", 1, 16)]
    [InlineData("const send = context.input || fetch; return send('https://a.example.com/');", 1, 31)]
    [InlineData("return sdk.db.transaction(context.input);", 1, 27)]
    [InlineData("return sdk.db.transaction(async tx => { await work(tx); });", 1, 52)]
    [InlineData("return sdk.db.transaction(async (...all) => all[0].find('a'));", 1, 34)]
    [InlineData("return sdk.db.transaction(async function () { return arguments[0].find('a'); });", 1, 54)]
    [InlineData("export default wrap(async (c, s) => s.db.find('a'));\nfunction wrap(f) { return f; }", 1, 16)]
    [InlineData("export default async (c, ...rest) => rest[0].db.find('a');", 1, 26)]
    [InlineData("export default async (c, kit) => work(kit);\nconst work = s => s.db.find('a');", 1, 39)]
    public void What_is_computed_or_handed_on_must_be_declared(string source, int line, int column)
    {
        var place = UsesInference.Of(source).Unknown.ShouldHaveSingleItem();

        (place.Line, place.Column).ShouldBe((line, column));
        place.Message.ShouldContain("declare");
    }

    [Fact]
    public void A_computed_name_does_not_hide_what_is_written_out()
    {
        var inferred = UsesInference.Of("await sdk.db.get(context.input, 1); return sdk.db.find('orders');");

        inferred.Unknown.Count.ShouldBe(1);
        inferred.Uses.ToJson().ShouldBe(ReadsOrders);
    }

    [Fact]
    public void A_source_that_the_parser_cannot_read_must_be_declared_where_it_names_the_sdk()
    {
        var deep = new string('(', 40_000) + "1" + new string(')', 40_000);

        UsesInference.Of($"return {deep};").Unknown.ShouldBeEmpty();
        var nested = UsesInference.Of($"await sdk.db.find('orders'); return {deep};");
        nested.Unknown.ShouldHaveSingleItem().Message.ShouldContain("nested too deep");
        nested.Uses.IsEmpty.ShouldBeTrue();
        var broken = UsesInference.Of("await sdk.db.find('orders');\nreturn 1 +* 2;").Unknown.ShouldHaveSingleItem();
        (broken.Line, broken.Column).ShouldBe((2, 11));
        broken.Message.ShouldContain("declare uses");
    }

    [Theory]
    [InlineData("const a = a; return sdk.db.find(a);")]
    [InlineData("const a = b, b = a; return sdk.db.find(a) + a.db.find('x');")]
    public void Names_that_are_declared_by_each_other_end(string source) => UsesInference.Of(source).Unknown.Count.ShouldBe(1);

    [Fact]
    public void A_source_that_grows_without_end_is_given_up()
    {
        var doubled = string.Join("\n", Enumerable.Range(0, 60).Select(n => $"const n{n} = n{n + 1} + n{n + 1};"));

        UsesInference.Of($"{doubled}\nconst n60 = '';\nreturn sdk.db.find(n0);").Unknown.ShouldHaveSingleItem().Message.ShouldContain("too long to look through");
    }
}
