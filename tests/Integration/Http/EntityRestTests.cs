using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Http;

/// <summary><c>/api/v1/entities</c> over real HTTP, with the demo's business data.</summary>
public sealed class EntityRestTests(ProductFixture fixture) : IClassFixture<ProductFixture>
{
    private const string Body =
        """{"table":"demo.products","key":"sku","tenant_column":null,"fields":{"sku":{"read":true,"write":false},"name":{"read":true,"write":false}},"operations":["read"]}""";

    private RunningProduct Product => fixture.Product;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private async Task<(HttpStatusCode Status, JsonElement Body, string? ETag)> SendAsync(HttpMethod method, string path, string? json = null, string? tenant = null)
    {
        var token = Product.Env[tenant is null ? "SANDBOX_TOKEN" : "SANDBOX_ADMIN_TOKEN"];
        using var response = await Product.SendAsync(method, $"/api/v1{path}", token, tenant, json is null ? null : JsonNode.Parse(json)!.AsObject(), Stop);
        var text = await response.Content.ReadAsStringAsync(Stop);
        return (response.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement, response.Headers.ETag?.Tag);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("demo")]
    [InlineData("acme")]
    [InlineData("globex")]
    public async Task The_demos_tenants_have_its_entities(string tenant)
    {
        var (status, body, _) = await SendAsync(HttpMethod.Get, "/entities?limit=200", tenant: tenant);

        status.ShouldBe(HttpStatusCode.OK);
        var names = body.GetProperty("items").EnumerateArray().Select(entity => entity.GetProperty("name").GetString()).ToArray();
        new[] { "clients", "orders", "payments", "products", "transactions" }.Except(names).ShouldBeEmpty();
    }

    [Fact(Timeout = 120_000)]
    public async Task An_entity_is_put_read_replaced_and_deleted()
    {
        var made = await SendAsync(HttpMethod.Put, "/entities/goods", Body);
        made.Status.ShouldBe(HttpStatusCode.Created);
        made.ETag.ShouldNotBeNull();
        (await SendAsync(HttpMethod.Put, "/entities/goods", Body)).Status.ShouldBe(HttpStatusCode.OK);

        var read = await SendAsync(HttpMethod.Get, "/entities/goods");
        read.Status.ShouldBe(HttpStatusCode.OK);
        read.Body.GetProperty("table").GetString().ShouldBe("demo.products");
        read.Body.GetProperty("tenant_column").ValueKind.ShouldBe(JsonValueKind.Null);
        read.Body.GetProperty("fields").GetProperty("name").GetProperty("read").GetBoolean().ShouldBeTrue();

        (await SendAsync(HttpMethod.Delete, "/entities/goods")).Status.ShouldBe(HttpStatusCode.NoContent);
        (await SendAsync(HttpMethod.Get, "/entities/goods")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await SendAsync(HttpMethod.Delete, "/entities/goods")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("""{"tabel":"demo.products"}""", "tabel")]
    [InlineData("""{"table":"demo.products","key":"sku","fields":{"sku":{"reads":true}},"operations":["read"]}""", "fields.sku.reads")]
    [InlineData("""{"table":"sandbox.tokens","key":"id","fields":{"id":{"read":true,"write":false}},"operations":["read"]}""", "table")]
    public async Task What_is_wrong_with_a_body_is_named_by_its_field(string json, string field)
    {
        var (status, body, _) = await SendAsync(HttpMethod.Put, "/entities/wrong", json, "demo");

        status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        body.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("field").GetString()).ShouldContain(field);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_tables_that_an_entity_may_name_are_listed_with_their_columns_and_never_ours_or_PostgreSQLs()
    {
        var (status, body, _) = await SendAsync(HttpMethod.Get, "/entities/tables?limit=200", tenant: "demo");
        var products = await SendAsync(HttpMethod.Get, "/entities/tables?q=DEMO.prod", tenant: "demo");

        status.ShouldBe(HttpStatusCode.OK);
        var tables = Names(body, "table");
        tables.ShouldContain("demo.orders");
        tables.ShouldNotContain(table => table.StartsWith("sandbox.", StringComparison.Ordinal) || table.StartsWith("pg_", StringComparison.Ordinal));
        tables.ShouldNotContain(table => table.StartsWith("information_schema.", StringComparison.Ordinal));
        var found = products.Body.GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        found.GetProperty("table").GetString().ShouldBe("demo.products");
        found.GetProperty("key").GetString().ShouldBe("sku");
        var key = found.GetProperty("columns").EnumerateArray().Single(column => column.GetProperty("name").GetString() == "sku");
        key.GetProperty("type").GetString().ShouldBe("text");
        key.GetProperty("script_type").GetString().ShouldBe("string");
        key.GetProperty("is_key").GetBoolean().ShouldBeTrue();
        key.GetProperty("nullable").GetBoolean().ShouldBeFalse();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_tenants_administrator_sees_the_tables_that_are_opened_and_pages_through_them()
    {
        var all = Names((await SendAsync(HttpMethod.Get, "/entities/tables?limit=200")).Body, "table");
        var paged = new List<string>();
        var cursor = "";
        do
        {
            var page = (await SendAsync(HttpMethod.Get, $"/entities/tables?limit=2{cursor}")).Body;
            paged.AddRange(Names(page, "table"));
            cursor = page.GetProperty("next_cursor").GetString() is { } next ? $"&cursor={next}" : "";
        }
        while (cursor.Length > 0);

        all.ShouldContain("demo.orders");
        all.ShouldAllBe(table => table.StartsWith("demo.", StringComparison.Ordinal));
        paged.ShouldBe(all);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("database=nowhere", "database")]
    [InlineData("table=demo.orders", "table")]
    public async Task A_filter_of_tables_that_is_none_is_named(string query, string field)
    {
        var (status, body, _) = await SendAsync(HttpMethod.Get, $"/entities/tables?{query}");

        status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        Names(body, "field", "errors").ShouldBe([field]);
    }

    [Fact(Timeout = 120_000)]
    public async Task An_entity_is_not_called_as_an_address_of_the_API()
    {
        var (status, body, _) = await SendAsync(HttpMethod.Put, "/entities/tables", Body);

        status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        Names(body, "field", "errors").ShouldBe(["name"]);
    }

    private static string[] Names(JsonElement body, string property, string list = "items") =>
        [.. body.GetProperty(list).EnumerateArray().Select(item => item.GetProperty(property).GetString()!)];

    [Fact(Timeout = 120_000)]
    public async Task A_table_that_no_superadmin_opened_is_refused_to_a_tenants_administrator()
    {
        var (status, body, _) = await SendAsync(HttpMethod.Put, "/entities/wrong", Body.Replace("demo.products", "public.products", StringComparison.Ordinal));

        status.ShouldBe(HttpStatusCode.Forbidden);
        body.GetProperty("code").GetString().ShouldBe("NOT_ALLOWED");
    }
}
