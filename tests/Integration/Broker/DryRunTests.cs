using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Tests.Integration.Http;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Broker;

/// <summary><c>invoke?dry_run=true</c>: what would be done is told, and nothing of it is done.</summary>
public sealed class DryRunTests(ProductFixture fixture) : IClassFixture<ProductFixture>
{
    private const string Writes = """
        const client = (await sdk.db.find('clients', { limit: 1 }))[0];
        const made = await sdk.db.insert('clients', { name: 'Dry', email: 'dry@example.com' });
        await sdk.db.updateById('clients', client.id, { name: 'Changed' });
        const seen = await sdk.db.get('clients', client.id);
        let rolledBack = 'no';
        try {
          await sdk.db.transaction(async (tx) => {
            await tx.insert('clients', { name: 'Gone', email: 'gone@example.com' });
            throw new Error('back');
          });
        } catch { rolledBack = (await sdk.db.count('clients', { where: { name: 'Gone' } })); }
        await sdk.db.transaction(async (tx) => { await tx.update('clients', { id: made.id }, { name: 'Dry 2' }); });
        await sdk.db.deleteById('clients', made.id);
        return { was: client.name, is: seen.name, rolledBack };
        """;

    [Fact(Timeout = 120_000)]
    public async Task Rows_are_told_before_and_after_and_stay_as_they_are()
    {
        var tenant = SdkTenant.OfDemo(fixture.Product, "demo");
        var script = await tenant.ScriptAsync(Writes);
        var before = await ChecksumAsync(tenant);

        var execution = await DryRunAsync(tenant, script);

        (await ChecksumAsync(tenant)).ShouldBe(before);
        execution.GetProperty("status").GetString().ShouldBe("completed", execution.GetRawText());
        var output = execution.GetProperty("output");
        output.GetProperty("is").GetString().ShouldBe("Changed");
        output.GetProperty("rolledBack").GetInt32().ShouldBe(0);
        execution.GetProperty("cause").GetProperty("kind").GetString().ShouldBe("dry_run");
        var changes = execution.GetProperty("dry_run").GetProperty("changes").EnumerateArray().ToArray();
        changes.Select(change => change.GetProperty("operation").GetString()).ShouldBe(["insert", "update", "update", "delete"]);
        changes[0].GetProperty("before").ValueKind.ShouldBe(JsonValueKind.Null);
        changes[0].GetProperty("after").GetProperty("name").GetString().ShouldBe("Dry");
        changes[1].GetProperty("before").GetProperty("name").GetString().ShouldBe(output.GetProperty("was").GetString());
        changes[1].GetProperty("after").GetProperty("name").GetString().ShouldBe("Changed");
        changes[2].GetProperty("after").GetProperty("name").GetString().ShouldBe("Dry 2");
        changes[3].GetProperty("before").GetProperty("name").GetString().ShouldBe("Dry 2");
        changes[3].GetProperty("after").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact(Timeout = 120_000)]
    public async Task What_a_statement_could_not_do_is_a_failure_here_too_and_the_rest_goes_on()
    {
        var tenant = SdkTenant.OfDemo(fixture.Product, "acme");
        var script = await tenant.ScriptAsync("""
            const codes = [];
            try { await sdk.db.insert('orders', { number: 5, client_id: '999999999', total: 1 }); } catch (e) { codes.push(e.code); }
            try { await sdk.db.transaction(async (tx) => {
              try { await tx.insert('orders', { number: 5, client_id: '999999999', total: 1 }); } catch (e) { codes.push(e.code); }
              await tx.count('clients');
            }); } catch (e) { codes.push(e.code); }
            await sdk.db.insert('clients', { name: 'After', email: 'after@example.com' });
            return codes;
            """);

        var execution = await DryRunAsync(tenant, script);

        execution.GetProperty("output").EnumerateArray().Select(code => code.GetString()).ShouldBe(["CONFLICT", "CONFLICT", "CONFLICT"], execution.GetRawText());
        execution.GetProperty("dry_run").GetProperty("changes").GetArrayLength().ShouldBe(1);
    }

    [Fact(Timeout = 120_000)]
    public async Task Requests_are_written_down_and_answered_by_stubs()
    {
        var tenant = await SdkTenant.NewAsync(fixture.Product);
        var script = await tenant.ScriptAsync("""
            const made = await sdk.http.post('https://api.example.com/orders', { n: 1 }, { headers: { 'x-a': 'b' } });
            const got = await sdk.http.get('https://api.example.com/other?x=1');
            return [made.status, made.body, got.status, got.body];
            """);

        var execution = await DryRunAsync(tenant, script, new JsonObject
        {
            ["http"] = new JsonObject
            {
                ["POST https://api.example.com/*"] = new JsonObject { ["status"] = 500 },
                ["POST https://api.example.com/orders"] = new JsonObject { ["status"] = 201, ["body"] = new JsonObject { ["id"] = 7 } },
            },
        });

        execution.GetProperty("output").GetRawText().ShouldBe("""[201,{"id":7},200,{}]""", execution.GetRawText());
        var calls = execution.GetProperty("dry_run").GetProperty("calls").EnumerateArray().ToArray();
        calls.Select(call => $"{call.GetProperty("method")} {call.GetProperty("url")} {call.GetProperty("body")}")
            .ShouldBe(["POST https://api.example.com/orders {\"n\":1}", "GET https://api.example.com/other?x=1 "]);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_cache_and_checkpoints_are_not_written_and_what_it_invokes_is_dry_too()
    {
        var tenant = SdkTenant.OfDemo(fixture.Product, "globex");
        var inner = await tenant.ScriptAsync("return (await sdk.db.insert('clients', { name: 'Inner', email: 'inner@example.com' })).name;");
        var script = await tenant.ScriptAsync($$"""
            await sdk.cache.set('k', 1);
            await sdk.cache.increment('k', 2);
            await sdk.checkpoint({ at: 1 });
            const name = await sdk.scripts.invoke('{{inner}}');
            return [await sdk.cache.get('k'), await sdk.cache.exists('none'), await sdk.cache.delete('k'), await sdk.cache.get('k'), name];
            """);
        var before = await ChecksumAsync(tenant);

        var execution = await DryRunAsync(tenant, script);

        execution.GetProperty("output").GetRawText().ShouldBe("""[3,false,true,null,"Inner"]""", execution.GetRawText());
        execution.GetProperty("dry_run").GetProperty("changes").GetArrayLength().ShouldBe(1);
        (await ChecksumAsync(tenant)).ShouldBe(before);
        (await tenant.OutputAsync("return await sdk.cache.exists('k');")).ShouldBe("false");
    }

    [Fact(Timeout = 120_000)]
    public async Task Secrets_are_masked_in_what_is_written_down()
    {
        var tenant = await SdkTenant.NewAsync(fixture.Product);
        using (var put = await tenant.Rest.SendAsync(HttpMethod.Put, "/secrets/crm", new JsonObject { ["value"] = "a-secret-value" })) put.IsSuccessStatusCode.ShouldBeTrue();
        var script = await tenant.ScriptAsync("""
            const key = await sdk.secrets.get('crm');
            await sdk.http.post('https://api.example.com/', 'x' + key, { headers: { authorization: 'Bearer ' + key } });
            """);

        (await DryRunAsync(tenant, script)).GetRawText().ShouldNotContain("a-secret-value");
    }

    [Fact(Timeout = 120_000)]
    public async Task Stubs_that_are_no_object_and_other_values_of_dry_run_are_refused()
    {
        var tenant = await SdkTenant.NewAsync(fixture.Product);
        var script = await tenant.ScriptAsync("return 1;");

        using var stubs = await tenant.Rest.SendAsync(HttpMethod.Post, $"/scripts/{script}/invoke?dry_run=true", new JsonObject { ["stubs"] = 1 });
        using var word = await tenant.Rest.SendAsync(HttpMethod.Post, $"/scripts/{script}/invoke?dry_run=yes", new JsonObject());

        stubs.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        word.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    private static async Task<JsonElement> DryRunAsync(SdkTenant tenant, string script, JsonObject? stubs = null)
    {
        var body = new JsonObject();
        if (stubs is not null) body["stubs"] = stubs;
        using var response = await tenant.Rest.SendAsync(HttpMethod.Post, $"/scripts/{script}/invoke?dry_run=true", body);
        return await RunningProduct.ExpectAsync(response, HttpStatusCode.OK);
    }

    /// <summary>All rows of all business tables that the tenant's scripts see.</summary>
    private static Task<string> ChecksumAsync(SdkTenant tenant) => tenant.OutputAsync("""
        const all = {};
        for (const { name } of await sdk.db.entities()) {
          all[name] = [];
          for (let offset = 0; ; offset += 1000) {
            const rows = await sdk.db.find(name, { limit: 1000, offset });
            all[name].push(...rows);
            if (rows.length < 1000) break;
          }
        }
        return JSON.stringify(all).length + ' ' + JSON.stringify(all.clients);
        """, uses: """{"entities":{"*":["read"]}}""");
}
