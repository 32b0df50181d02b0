using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Tests.Integration.Http;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Broker;

/// <summary><c>sdk.db</c> through the whole product, on the demo's business data.</summary>
public sealed class DbTests(ProductFixture fixture) : IClassFixture<ProductFixture>
{
    private const int Minute = 60_000;

    private SdkTenant Demo => SdkTenant.OfDemo(fixture.Product, "demo");

    private SdkTenant Acme => SdkTenant.OfDemo(fixture.Product, "acme");

    [Fact(Timeout = Minute)]
    public async Task Values_have_the_form_that_their_columns_types_have()
    {
        (await Demo.OutputAsync(
            """
            const client = await sdk.db.findOne('clients', {where: {email: 'client4@example.com'}});
            const order = await sdk.db.findOne('orders', {where: {client_id: client.id}, orderBy: 'number'});
            const payment = await sdk.db.findOne('payments', {orderBy: 'paid_at'});
            const product = await sdk.db.get('products', 'P-001');
            const type = (o) => Object.fromEntries(Object.entries(o).map(([k, v]) => [k, v === null ? 'null' : Array.isArray(v) ? 'array' : typeof v]));
            return [type(client), type(order), type(payment), type(product), client.tags, client.birthday, client.created_at, order.ordered_on.length, product.attributes];
            """)).ShouldBe(
            """
            [{"birthday":"string","created_at":"string","email":"string","id":"string","name":"string","tags":"array","tier":"string"},
            {"client_id":"string","created_at":"string","id":"string","lines":"array","number":"string","ordered_on":"string","status":"string","total":"number"},
            {"amount":"number","id":"string","method":"string","order_id":"string","paid_at":"string"},
            {"attributes":"object","name":"string","price":"number","sku":"string","stock":"number"},
            ["newsletter","vip"],"1973-12-31","2025-01-05T08:00:00Z",10,{"colour":"green","weight":1}]
            """.ReplaceLineEndings(""));
    }

    [Fact(Timeout = Minute)]
    public async Task Rows_are_inserted_updated_upserted_and_deleted()
    {
        (await Demo.OutputAsync(
            """
            const one = await sdk.db.insert('clients', {name: 'Łukasz 😀', email: 'a@crud.test', tags: ['x"y', 'a,b', '{}', null], birthday: '1999-02-28'});
            const many = await sdk.db.insert('clients', [{name: 'B', email: 'b@crud.test'}, {name: 'C', email: 'c@crud.test', tier: 'gold'}]);
            const where = {email: {like: '%@crud.test'}};
            const updated = await sdk.db.update('clients', {and: [where, {tier: 'standard'}]}, {tier: 'silver'});
            const byId = await sdk.db.updateById('clients', one.id, {birthday: null});
            const upserted = await sdk.db.upsert('clients', [{name: 'B2', email: 'b@crud.test'}, {name: 'D', email: 'd@crud.test'}], {on: ['email']});
            const left = await sdk.db.find('clients', {where, orderBy: ['-tier', 'name'], select: ['name', 'tier', 'tags', 'birthday']});
            const gone = await sdk.db.deleteById('clients', one.id);
            const all = await sdk.db.delete('clients', where);
            return [one.name, one.tags, one.birthday, many.map((c) => c.tier), updated, byId, upserted.map((c) => c.name), left, gone, all, await sdk.db.get('clients', one.id), await sdk.db.count('clients', {where})];
            """)).ShouldBe(
            """
            ["Łukasz 😀",["x\"y","a,b","{}",null],"1999-02-28",["standard","gold"],2,1,["B2","D"],
            [{"name":"D","tier":"standard","tags":[],"birthday":null},{"name":"B2","tier":"silver","tags":[],"birthday":null},
            {"name":"Łukasz 😀","tier":"silver","tags":["x\"y","a,b","{}",null],"birthday":null},{"name":"C","tier":"gold","tags":[],"birthday":null}],1,3,null,0]
            """.ReplaceLineEndings(""));
    }

    [Fact(Timeout = Minute)]
    public async Task A_transaction_is_one_and_is_rolled_back_when_its_body_throws()
    {
        (await Demo.OutputAsync(
            """
            const insert = (db, email) => db.insert('clients', {name: 'T', email});
            const kept = await sdk.db.transaction(async (tx) => {
              const [a, b] = await Promise.all([insert(tx, '1@tx.test'), insert(tx, '2@tx.test')]);
              return [await tx.count('clients', {where: {email: {like: '%@tx.test'}}}), await sdk.db.count('clients', {where: {email: {like: '%@tx.test'}}})];
            });
            let thrown, conflict;
            try { await sdk.db.transaction(async (tx) => { await insert(tx, '3@tx.test'); throw new Error('mine'); }); } catch (e) { thrown = [e.message, e.code ?? null]; }
            try { await sdk.db.transaction(async (tx) => { await insert(tx, '4@tx.test'); try { await insert(tx, '1@tx.test'); } catch (e) { conflict = e.code; } return 1; }); } catch (e) { conflict += ` ${e.code}`; }
            let late;
            const escaped = await sdk.db.transaction(async (tx) => tx);
            try { await escaped.count('clients'); } catch (e) { late = e.code; }
            return [kept, thrown, conflict, late, await sdk.db.delete('clients', {email: {like: '%@tx.test'}})];
            """)).ShouldBe("""[[2,0],["mine",null],"CONFLICT CONFLICT","CONFLICT",2]""");
    }

    [Fact(Timeout = Minute)]
    public async Task A_foreign_key_to_another_tenants_row_reads_as_one_to_no_row()
    {
        var theirs = await Acme.OutputAsync("return (await sdk.db.findOne('clients', {orderBy: 'id'})).id;");
        const string insert = "try { await sdk.db.insert('orders', {number: 1, client_id: context.input, total: 1}); } catch (e) { return [e.code, e.message]; }";

        var foreign = await Demo.OutputAsync(insert, JsonValue.Create(theirs.Trim('"')));
        var nobodys = await Demo.OutputAsync(insert, JsonValue.Create("987654321"));

        foreign.ShouldBe("""["CONFLICT","sdk.db.insert: orders.client_id refers to a row that does not exist"]""");
        nobodys.ShouldBe(foreign);
    }

    [Theory(Timeout = Minute)]
    [InlineData("sdk.db.find('nothing')", "INVALID_ARGUMENT", "there is no entity nothing")]
    [InlineData("sdk.db.find('clients', {where: {nope: 1}})", "INVALID_ARGUMENT", "has no field nope; it has")]
    [InlineData("sdk.db.find('clients', {where: {tenant_id: 'x'}})", "INVALID_ARGUMENT", "has no field tenant_id")]
    [InlineData("sdk.db.insert('clients', {tenant_id: '0b0e7dd2-5c49-4c8c-8f0d-2f1f3b1d0001', name: 'x', email: 'x'})", "NOT_ALLOWED", "which the platform sets")]
    [InlineData("sdk.db.insert('clients', {id: 1, name: 'x', email: 'x'})", "NOT_ALLOWED", "may not be written")]
    [InlineData("sdk.db.insert('products', {sku: 'x'})", "NOT_ALLOWED", "does not allow insert")]
    [InlineData("sdk.db.update('clients', {}, {tier: 'gold'})", "INVALID_ARGUMENT", "{all: true}")]
    [InlineData("sdk.db.delete('clients', {not: {or: []}})", "INVALID_ARGUMENT", "{all: true}")]
    [InlineData("sdk.db.delete('clients', {id: {}})", "INVALID_ARGUMENT", "{all: true}")]
    [InlineData("sdk.db.delete('clients')", "INVALID_ARGUMENT", "where is missing")]
    [InlineData("sdk.db.find('clients', {where: {id: 'abc'}})", "INVALID_ARGUMENT", "whole number")]
    [InlineData("sdk.db.find('clients', {where: {birthday: 'yesterday'}})", "INVALID_ARGUMENT", "must be a date")]
    [InlineData("sdk.db.find('clients', {where: {birthday: '2025-02-30'}})", "INVALID_ARGUMENT", "does not fit")]
    [InlineData("sdk.db.find('orders', {where: {status: 'lost'}})", "INVALID_ARGUMENT", "must be one of draft, placed")]
    [InlineData("sdk.db.find('clients', {where: {name: {regex: 'x'}}})", "INVALID_ARGUMENT", "there are eq, ne")]
    [InlineData("sdk.db.find('clients', {where: {name: 'a\\u0000'}})", "INVALID_ARGUMENT", "NUL")]
    [InlineData("sdk.db.find('clients', {limit: 1001})", "ROW_LIMIT", "1000")]
    [InlineData("sdk.db.find('clients', {limit: -1})", "INVALID_ARGUMENT", "limit")]
    [InlineData("sdk.db.find('clients', {order: 'name'})", "INVALID_ARGUMENT", "there is no option order")]
    [InlineData("sdk.db.find('orders', {orderBy: 'lines'})", "INVALID_ARGUMENT", "no order")]
    [InlineData("sdk.db.insert('clients', {name: 'x', email: 'client1@example.com'})", "CONFLICT", "exists already")]
    [InlineData("sdk.db.insert('clients', {name: 'x', email: 'y', tier: 'iron'})", "INVALID_ARGUMENT", "rule")]
    [InlineData("sdk.db.insert('clients', {email: 'y'})", "INVALID_ARGUMENT", "clients.name must not be null")]
    [InlineData("sdk.db.get('clients')", "INVALID_ARGUMENT", "id is missing")]
    [InlineData("sdk.db.transaction('x')", "SCRIPT_ERROR", "function")]
    public async Task A_wrong_call_says_what_is_wrong_with_it(string call, string code, string names)
    {
        var execution = await Demo.RunAsync($"await {call};");

        execution.GetProperty("code").GetString().ShouldBe(code);
        execution.GetProperty("error").GetProperty("message").GetString()!.ShouldContain(names);
    }

    [Fact(Timeout = Minute)]
    public async Task More_than_a_thousand_matches_without_a_limit_are_refused_and_never_cut()
    {
        (await Acme.OutputAsync(
            """
            const rows = Array.from({length: 1000}, (_, i) => ({name: 'M', email: `${i}@many.test`}));
            await sdk.db.insert('clients', rows);
            const where = {email: {like: '%@many.test'}};
            const exactly = (await sdk.db.find('clients', {where})).length;
            await sdk.db.insert('clients', {name: 'M', email: 'x@many.test'});
            let code;
            try { await sdk.db.find('clients', {where}); } catch (e) { code = e.code; }
            const page = await sdk.db.find('clients', {where, limit: 1000, offset: 1});
            return [exactly, code, page.length, await sdk.db.delete('clients', where), sdk.usage().rows];
            """)).ShouldBe("""[1000,"ROW_LIMIT",1000,1001,4002]""");
    }

    [Fact(Timeout = Minute)]
    public async Task What_a_tenant_may_do_is_listed()
    {
        var entities = JsonNode.Parse(await Demo.OutputAsync("return await sdk.db.entities();"))!.AsArray();

        entities.Select(entity => entity!["name"]!.GetValue<string>()).ShouldBe(["clients", "orders", "payments", "products", "transactions"], ignoreOrder: true);
        var orders = entities.Single(entity => entity!["name"]!.GetValue<string>() == "orders")!;
        orders["key"]!.GetValue<string>().ShouldBe("id");
        orders["operations"]!.ToJsonString().ShouldBe("""["read","insert","update","delete"]""");
        orders["fields"]!.AsArray().Single(field => field!["name"]!.GetValue<string>() == "number")!.ToJsonString().ShouldBe("""{"name":"number","type":"bigint","read":true,"write":true}""");
    }

    [Fact(Timeout = Minute)]
    public async Task A_transaction_that_a_script_leaves_open_is_rolled_back_with_its_end()
    {
        var execution = await Demo.RunAsync(
            """
            let open;
            const begun = new Promise((resolve) => { open = resolve; });
            sdk.db.transaction(async (tx) => { await tx.insert('clients', {name: 'L', email: 'left@open.test'}); open(); await new Promise(() => {}); });
            await begun;
            return await sdk.db.count('clients', {where: {email: 'left@open.test'}});
            """);

        SdkTenant.Output(execution).ShouldBe("0");
        (await Demo.OutputAsync("await sdk.db.insert('clients', {name: 'L', email: 'left@open.test'}); return await sdk.db.delete('clients', {email: 'left@open.test'});")).ShouldBe("1");
    }

    [Fact(Timeout = Minute)]
    public async Task The_demos_examples_do_what_they_say()
    {
        using var listed = await fixture.Product.SendEndpointAsync(HttpMethod.Get, "/t/demo/api/scripts/clients/1/orders", null);
        using var taken = await fixture.Product.SendEndpointAsync(HttpMethod.Post, "/t/demo/api/scripts/orders", new JsonObject { ["item"] = "chair", ["quantity"] = 2 });
        using var missing = await fixture.Product.SendEndpointAsync(HttpMethod.Get, "/t/demo/api/scripts/clients/999999/orders", null);
        var price = await Demo.Rest.InvokeAsync("dynamic-price", JsonNode.Parse("""{"client_id":"3","lines":[{"sku":"P-001","quantity":12}]}"""));

        ((int)listed.StatusCode, (int)taken.StatusCode, (int)missing.StatusCode).ShouldBe((200, 201, 404));
        var orders = JsonDocument.Parse(await listed.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement.GetProperty("orders");
        orders.GetArrayLength().ShouldBeGreaterThan(0);
        var order = JsonDocument.Parse(await taken.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement;
        (await Demo.OutputAsync("return await sdk.db.count('payments', {where: {order_id: context.input}});", JsonValue.Create(order.GetProperty("id").GetString()))).ShouldBe("1");
        var id = taken.Headers.GetValues("X-Execution-Id").Single();
        (await Demo.Rest.GetAsync($"/executions/{id}")).GetProperty("labels").GetProperty("order").GetString().ShouldBe(order.GetProperty("number").GetString());
        price.GetProperty("output").GetRawText().ShouldBe("""{"lines":[{"sku":"P-001","quantity":12,"unit_price":17.45,"discount":0.05,"amount":198.93}],"subtotal":198.93,"discount":0,"total":198.93}""");
    }
}
