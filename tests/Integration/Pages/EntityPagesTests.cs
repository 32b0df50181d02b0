using System.Net;
using System.Text.Json.Nodes;
using Sandbox.Protocol.Api;
using Sandbox.Tests.Integration.Http;
using Sandbox.Tests.Integration.Product;
using Sandbox.Tests.Integration.Queue;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Pages;

/// <summary>The pages on which a table is chosen and opened.</summary>
public sealed class EntityPagesTests(SharedProduct shared) : IAsyncLifetime
{
    private const int Patience = 120_000;
    private RunningProduct _product = null!;
    private RunningProduct.Tenant _tenant = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _product = await shared.Product;
        _tenant = await _product.CreateTenantAsync($"t{Guid.NewGuid():N}");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact(Timeout = Patience)]
    public async Task Tables_are_found_by_a_part_of_their_name_and_none_of_ours_is_among_them()
    {
        var (status, found) = await PageAsync("/settings/entities/new?q=demo.o");
        var ours = await PageAsync("/settings/entities/new?q=sandbox.");

        status.ShouldBe(HttpStatusCode.OK);
        found.ShouldContain("table=demo.orders");
        found.ShouldContain("tenant_id uuid");
        found.ShouldNotContain("table=demo.clients");
        ours.Status.ShouldBe(HttpStatusCode.OK);
        ours.Page.ShouldContain("No table is called so");
        ours.Page.ShouldNotContain("table=sandbox.");
    }

    [Fact(Timeout = Patience)]
    public async Task A_chosen_table_shows_its_columns_with_the_key_chosen_and_the_tenant_column_left_out()
    {
        var page = (await PageAsync("/settings/entities/new?table=demo.orders")).Page;

        page.ShouldContain("<option value=\"id\" selected");
        page.ShouldContain("<option value=\"tenant_id\" selected");
        page.ShouldContain("data-key=\"id\" value=\"read\" checked");
        page.ShouldContain("data-key=\"total\" value=\"write\"");
        page.ShouldNotContain("data-key=\"total\" value=\"read\" checked");
        page.ShouldNotContain("data-key=\"tenant_id\"");
        page.ShouldContain("string, a label of the enum");
        page.ShouldContain("Tenant column: left out");
        page.ShouldNotContain("style=");
    }

    [Fact(Timeout = Patience)]
    public async Task A_shared_table_has_no_box_to_write_for_a_tenants_administrator()
    {
        var page = (await PageAsync("/settings/entities/new?table=demo.products", await AdminAsync())).Page;

        page.ShouldContain("data-key=\"sku\" value=\"read\" checked");
        page.ShouldNotContain("value=\"write\"");
        page.ShouldNotContain("value=\"insert\"");
        page.ShouldContain("A superadmin chose it");
    }

    [Theory(Timeout = Patience)]
    [InlineData("sandbox.tokens")]
    [InlineData("pg_catalog.pg_class")]
    public async Task A_table_of_ours_or_PostgreSQLs_looks_as_a_missing_one(string table)
    {
        var closed = await PageAsync($"/settings/entities/new?table={table}");
        var missing = await PageAsync("/settings/entities/new?table=shop.nothing");

        closed.Status.ShouldBe(HttpStatusCode.NotFound);
        closed.Page.ShouldBe(missing.Page.Replace("shop.nothing", table, StringComparison.Ordinal));
    }

    [Fact(Timeout = Patience)]
    public async Task The_name_of_a_table_that_a_stranger_wrote_stays_text()
    {
        var (table, text) = (Uri.EscapeDataString("shop.<b>x"), Uri.EscapeDataString("<i>y"));
        var page = (await PageAsync($"/settings/entities/new?table={table}&q={text}")).Page;

        page.ShouldContain("shop.&lt;b&gt;x");
        page.ShouldNotContain("<b>x");
        page.ShouldNotContain("<i>y");
    }

    [Fact(Timeout = Patience)]
    public async Task What_the_form_sends_opens_the_table_to_a_script()
    {
        await _tenant.CreateScriptAsync("reading", "embedded", "return (await sdk.db.find('goods', {limit: 1}))[0];");
        using var stored = await _tenant.SendAsync(
            HttpMethod.Put,
            "/entities/goods",
            JsonNode.Parse(
                """
                {
                  "table": "demo.products", "key": "sku", "tenant_column": null, "operations": ["read"],
                  "fields": { "sku": { "read": true }, "name": { "read": true, "write": false } }
                }
                """),
            Stop);
        await RunningProduct.ExpectAsync(stored, HttpStatusCode.Created);

        var output = (await _tenant.InvokeAsync("reading")).GetProperty("output");

        output.EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal).ShouldBe(["name", "sku"]);
    }

    [Fact(Timeout = Patience)]
    public async Task A_viewer_neither_sees_tables_nor_the_form()
    {
        var viewer = await TokenAsync([.. Roles.All[Roles.Viewer]]);

        (await PageAsync("/settings/entities/new", viewer)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await PageAsync("/settings/entities/edit?name=goods", viewer)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await PageAsync("/api/v1/entities/tables", viewer, named: false)).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    private Task<string> AdminAsync() => TokenAsync([.. Roles.All[Roles.Admin]]);

    private async Task<string> TokenAsync(string[] permissions)
    {
        var granted = new JsonArray([.. permissions.Select(one => JsonValue.Create(one))]);
        using var response = await _tenant.SendAsync(HttpMethod.Post, "/tokens", new JsonObject { ["name"] = "reader", ["permissions"] = granted }, Stop);
        return (await RunningProduct.ExpectAsync(response, HttpStatusCode.Created)).GetProperty("token").GetString()!;
    }

    /// <param name="token">Null: a superadmin's.</param>
    /// <param name="named">The address names the tenant.</param>
    private async Task<(HttpStatusCode Status, string Page)> PageAsync(string path, string? token = null, bool named = true)
    {
        var address = named ? $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}tenant={_tenant.Slug}" : path;
        using var response = await _product.SendAsync(HttpMethod.Get, address, token ?? _product.Env["SANDBOX_ADMIN_TOKEN"], null, null, Stop);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Stop));
    }
}
