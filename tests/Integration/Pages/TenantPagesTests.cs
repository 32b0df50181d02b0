using System.Net;
using Sandbox.Tests.Integration.Http;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Pages;

/// <summary>The tenants' page, and how a superadmin acts in one of them.</summary>
public sealed class TenantPagesTests(SharedProduct shared)
{
    private const int Patience = 120_000;

    [Fact(Timeout = Patience)]
    public async Task A_superadmin_sees_all_tenants_and_in_each_page_where_he_acts()
    {
        var product = await shared.Product;
        var tenant = await product.CreateTenantAsync("tenant-page");
        var superadmin = product.Env["SANDBOX_ADMIN_TOKEN"];

        // Other tests make tenants as well: it may be on a later page.
        var list = await PageAsync(product, superadmin, "/tenants");
        while (!list.Page.Contains($"/?tenant={tenant.Slug}\"", StringComparison.Ordinal) && NextOf(list.Page) is { } next) list = await PageAsync(product, superadmin, next);
        var scripts = await PageAsync(product, superadmin, $"/scripts?tenant={tenant.Slug}");

        list.Status.ShouldBe(HttpStatusCode.OK);
        list.Page.ShouldContain("href=\"/?tenant=tenant-page\"");
        list.Page.ShouldContain("data-api=\"/tenants/tenant-page/suspend\"");
        scripts.Page.ShouldContain("You act in tenant-page as a superadmin.");
    }

    [Fact(Timeout = Patience)]
    public async Task Nobody_else_sees_them()
    {
        var product = await shared.Product;

        var (status, page) = await PageAsync(product, product.Env["SANDBOX_TOKEN"], "/tenants");

        status.ShouldBe(HttpStatusCode.Forbidden);
        page.ShouldNotContain("data-api=\"/tenants");
        page.ShouldNotContain("?tenant=");
    }

    private static string? NextOf(string page)
    {
        var link = page.Split("rel=\"next\"")[0].Split("href=\"");
        return page.Contains("rel=\"next\"", StringComparison.Ordinal) ? WebUtility.HtmlDecode(link[^1].Split('"')[0]) : null;
    }

    private static async Task<(HttpStatusCode Status, string Page)> PageAsync(RunningProduct product, string token, string path)
    {
        using var response = await product.SendAsync(HttpMethod.Get, path, token, null, null, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
