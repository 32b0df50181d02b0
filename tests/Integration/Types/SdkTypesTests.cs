using System.Net;
using System.Net.Http.Headers;
using Sandbox.Supervisor.Entities;
using Sandbox.Supervisor.Types;
using Sandbox.Tests.Integration.Http;
using Sandbox.Tests.Integration.Product;
using Sandbox.Tests.Integration.Worker;
using Sandbox.Tests.Security.Data;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Types;

/// <summary><c>GET /api/v1/sdk/types</c>: TypeScript's compiler tells right scripts of a tenant from wrong ones by it.</summary>
public sealed class SdkTypesTests(ProductFixture fixture) : IClassFixture<ProductFixture>, IDisposable
{
    private const int Patience = 120_000;

    private readonly TypesCompiler _compiler = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = Patience)]
    public async Task A_script_that_uses_the_tenants_entities_rightly_passes()
    {
        using var response = await GetAsync("demo");
        response.Content.Headers.ContentType!.ToString().ShouldBe("text/plain; charset=utf-8");
        var types = await response.Content.ReadAsStringAsync(Stop);

        (await _compiler.CompileAsync(types, """
            const client = await sdk.db.findOne('clients', { where: { email: context.input.email }, orderBy: '-created_at' });
            if (!client) return null;
            client.tags.map((tag) => tag.toUpperCase());
            client.birthday?.slice(0, 4);
            const order = await sdk.db.transaction(async (tx) => {
              await tx.update('clients', { id: client.id }, { tier: 'gold', birthday: null });
              return await tx.insert('orders', { number: 5, client_id: client.id, status: 'placed', total: 12.5, lines: [{ sku: 'a' }] });
            });
            const orders = await sdk.db.find('orders', {
              where: { status: { in: ['paid', 'shipped'] }, or: [{ total: { gt: 5 } }, { not: { client_id: 7 } }] },
              select: ['number', 'total'], orderBy: ['-ordered_on', 'number'], limit: 5,
            });
            const products = await sdk.db.find('products');
            await sdk.db.upsert('clients', [{ name: 'A', email: 'a@example.com' }], { on: ['email'] });
            for (const { name } of await sdk.db.entities()) await sdk.db.count(name);
            const skus = order.lines.map((line) => line.sku);
            return { half: order.total / 2, skus, first: orders[0].number.length, price: products[0].price.toFixed(2) };
            """)).ShouldBe("");
    }

    [Fact(Timeout = Patience)]
    public async Task The_examples_pass_by_the_types_of_the_demo()
    {
        using var response = await GetAsync("demo");
        var sources = Directory.GetFiles(Path.Combine(RunningProduct.Root, "examples"), "*.js").Select(File.ReadAllText).ToArray();

        sources.ShouldNotBeEmpty();
        (await _compiler.CompileAsync(await response.Content.ReadAsStringAsync(Stop), sources)).ShouldBe("");
    }

    [Fact(Timeout = Patience)]
    public async Task Each_script_that_uses_them_wrongly_does_not()
    {
        (string Source, string Said)[] wrong =
        [
            ("await sdk.db.get('ordrs', 'a');", "'\"ordrs\"' is not assignable"),
            ("(await sdk.db.get('orders', 'a'))?.totl;", "'totl' does not exist"),
            ("await sdk.db.find('orders', { where: { totl: 1 } });", "'totl' does not exist"),
            ("await sdk.db.find('orders', { where: { status: 'payed' } });", "'\"payed\"' is not assignable"),
            ("await sdk.db.find('orders', { select: ['totl'] });", "'\"totl\"' is not assignable"),
            ("(await sdk.db.find('orders', { select: ['id'] }))[0].total;", "'total' does not exist"),
            ("await sdk.db.insert('products', { sku: 'a' });", "'\"products\"' is not assignable"),
            ("await sdk.db.insert('clients', { name: 'A', email: 'a', created_at: '2026-01-01' });", "'created_at' does not exist"),
            ("await sdk.db.insert('clients', { name: 'A' });", "email"),
            ("await sdk.db.update('orders', { id: 'a' }, { total: true });", "is not assignable to type 'string | number | undefined'"),
            ("(await sdk.db.findOne('clients'))?.birthday.slice(0, 4);", "possibly 'null'"),
            ("(await sdk.db.get('payments', 'a')).amount;", "possibly 'null'"),
        ];
        using var response = await GetAsync("demo");
        var types = await response.Content.ReadAsStringAsync(Stop);

        // One run of the compiler: its start is the cost.
        var said = await _compiler.CompileAsync(types, [.. wrong.Select(script => script.Source)]);

        for (var i = 0; i < wrong.Length; i++) TypesCompiler.Of(said, i).ShouldContain(wrong[i].Said, customMessage: wrong[i].Source);
    }

    [Fact(Timeout = Patience)]
    public async Task A_tenant_without_entities_gets_types_by_which_every_entity_is_unknown()
    {
        var tenant = await fixture.Product.CreateTenantAsync("no-entities");
        using var response = await GetAsync(tenant.Slug);
        var types = await response.Content.ReadAsStringAsync(Stop);

        var said = await _compiler.CompileAsync(types, "return context.input;", "await sdk.db.get('orders', 'a');");

        TypesCompiler.Of(said, 0).ShouldBeEmpty(said);
        TypesCompiler.Of(said, 1).ShouldContain("is not assignable");
    }

    [Fact(Timeout = Patience)]
    public async Task An_answer_that_the_caller_has_is_not_sent_again_until_an_entity_changes()
    {
        using var first = await GetAsync("demo");
        var etag = first.Headers.ETag.ShouldNotBeNull();

        using var same = await GetAsync("demo", etag);
        using var other = await GetAsync("acme", new EntityTagHeaderValue("\"other\""));

        same.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        same.Headers.ETag.ShouldBe(etag);
        (await same.Content.ReadAsByteArrayAsync(Stop)).ShouldBeEmpty();
        other.StatusCode.ShouldBe(HttpStatusCode.OK);
        var acme = new RunningProduct.Tenant(fixture.Product, "acme");
        using var deleted = await acme.SendAsync(HttpMethod.Delete, "/entities/transactions");
        deleted.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        using var changed = await GetAsync("acme", other.Headers.ETag);
        changed.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await changed.Content.ReadAsStringAsync(Stop)).ShouldNotContain("'transactions'");
    }

    [Fact(Timeout = Patience)]
    public async Task A_name_stays_a_name_whatever_is_in_it()
    {
        string[] names =
        [
            "it's; } declare const evil: 1; //", "a */ declare const evil: 1; /*", "line\n} declare const evil: 1;", "line\u2028\u2029\r} declare const evil: 1;",
            "back\\", "quote\\' \" ` ${evil}", "</script>\u202e\u0000", "страна 国 😀", "constructor", "new",
        ];
        var types = Declarations.Of([.. names.Select(NamedAllOver)]);

        // One run of the compiler: its start is the cost.
        var said = await _compiler.CompileAsync(types, [.. names.SelectMany(name => ScriptsOf(System.Text.Json.JsonSerializer.Serialize(name))), "evil;"]);

        foreach (var (i, name) in names.Index())
        {
            TypesCompiler.Of(said, 2 * i).ShouldContain("Type 'number' is not assignable to type 'never'", customMessage: name);
            TypesCompiler.Of(said, (2 * i) + 1).ShouldBeEmpty($"{name}: {said}");
        }

        TypesCompiler.Of(said, 2 * names.Length).ShouldContain("Cannot find name 'evil'");
        said.ShouldNotContain("sandbox.d.ts(");

        static OpenedEntity NamedAllOver(string name)
        {
            var type = new ColumnType(ColumnKind.Enum, "kind", IsArray: false, [name, "x"]);
            var field = new OpenedField(name, type, Read: true, Write: true);
            var key = new OpenedField("id", EntityRig.Type(ColumnKind.Integer, "integer"), Read: true, Write: false);
            return EntityRig.Entity("shop", "x", AllowedOperations.Read | AllowedOperations.Insert, key, field) with { Name = name };
        }

        // One that is wrong, one that is right.
        static string[] ScriptsOf(string literal) =>
        [
            $$"""
            const row = await sdk.db.insert({{literal}}, { {{literal}}: {{literal}} });
            /** @type {never} */
            const none = row[{{literal}}] === {{literal}} || row[{{literal}}] === 'x' ? row.id : row[{{literal}}];
            """,
            $"(await sdk.db.get({literal}, 1))?.[{literal}].length;",
        ];
    }

    public void Dispose() => _compiler.Dispose();

    private async Task<HttpResponseMessage> GetAsync(string tenant, EntityTagHeaderValue? etag = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/sdk/types");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", fixture.Product.Env["SANDBOX_ADMIN_TOKEN"]);
        request.Headers.Add("X-Tenant", tenant);
        if (etag is not null) request.Headers.IfNoneMatch.Add(etag);
        return await fixture.Product.Admin.SendAsync(request, Stop);
    }
}
