using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Protocol.Api;
using Sandbox.Tests.Integration.Http;
using Sandbox.Tests.Integration.Product;
using Sandbox.Tests.Integration.Queue;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Pages;

/// <summary>The pages of dead letters.</summary>
public sealed class DeadLetterPagesTests(SharedProduct shared) : IAsyncLifetime
{
    private const int Patience = 120_000;
    private const string Missing = "00000000-0000-7000-8000-000000000000";
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
    public async Task Those_that_wait_are_listed_by_filters_and_a_message_stays_text()
    {
        (await PageAsync("/dead-letters")).Page.ShouldContain("No dead letter waits");
        var id = (await DieAsync("broken", "<script>alert(1)</script>")).GetProperty("id").GetString();

        var open = (await PageAsync("/dead-letters")).Page;
        var matching = (await PageAsync("/dead-letters?script=broken&code=SCRIPT_ERROR&kind=oneoff&range=24h")).Page;
        var otherScript = (await PageAsync("/dead-letters?script=other")).Page;
        var otherKind = (await PageAsync("/dead-letters?kind=event")).Page;
        var discarded = (await PageAsync("/dead-letters?state=discarded")).Page;

        open.ShouldContain("&lt;script&gt;alert(1)&lt;/script&gt;");
        open.ShouldNotContain("<script>");
        open.ShouldNotContain("style=");
        foreach (var has in (string[])[open, matching]) has.ShouldContain($"href=\"/dead-letters/{id}");
        foreach (var lacks in (string[])[otherScript, otherKind, discarded]) lacks.ShouldNotContain($"href=\"/dead-letters/{id}");
        otherScript.ShouldContain("No dead letter matches");
        (await PageAsync("/")).Page.ShouldContain($"class=\"button\" href=\"/dead-letters?tenant={_tenant.Slug}\"");
    }

    [Fact(Timeout = Patience)]
    public async Task One_tells_its_attempts_and_its_input_and_offers_no_action_once_it_is_done_with()
    {
        var letter = await DieAsync("broken", "the disk is full", attempts: 2);
        var path = $"/dead-letters/{letter.GetProperty("id").GetString()}";
        await _tenant.UntilListedAsync("/executions?script=broken", items => items.Count == 2);

        var open = (await PageAsync(path)).Page;
        using var discard = await _tenant.SendAsync(HttpMethod.Post, $"{path}/discard", cancellationToken: Stop);
        await RunningProduct.ExpectAsync(discard, HttpStatusCode.OK);
        var done = (await PageAsync(path)).Page;

        open.ShouldContain("the disk is full");
        open.ShouldContain("Attempt 1");
        open.ShouldContain("Attempt 2");
        open.ShouldContain($"href=\"/executions/{letter.GetProperty("execution_id").GetString()}");
        open.ShouldContain("&quot;order&quot;");
        open.ShouldContain($"data-api=\"{path}/replay\"");
        open.ShouldContain($"data-api=\"{path}/discard\"");
        done.ShouldContain("Discarded");
        done.ShouldNotContain("data-api");
    }

    [Fact(Timeout = Patience)]
    public async Task A_viewer_reads_one_without_its_actions_and_another_tenants_looks_like_none()
    {
        var id = (await DieAsync("broken", "lost")).GetProperty("id").GetString()!;
        var path = $"/dead-letters/{id}";
        var granted = new JsonArray([.. Roles.All[Roles.Viewer].Select(one => JsonValue.Create(one))]);
        using var made = await _tenant.SendAsync(HttpMethod.Post, "/tokens", new JsonObject { ["name"] = "viewer", ["permissions"] = granted }, Stop);
        var viewer = (await RunningProduct.ExpectAsync(made, HttpStatusCode.Created)).GetProperty("token").GetString()!;

        var seen = await PageAsync(path, viewer);
        _tenant = await _product.CreateTenantAsync($"t{Guid.NewGuid():N}");
        var theirs = await PageAsync(path);
        var missing = await PageAsync($"/dead-letters/{Missing}");

        seen.Status.ShouldBe(HttpStatusCode.OK);
        seen.Page.ShouldContain("lost");
        seen.Page.ShouldNotContain("data-api");
        theirs.Status.ShouldBe(HttpStatusCode.NotFound);
        missing.Status.ShouldBe(HttpStatusCode.NotFound);
        theirs.Page.ShouldNotContain("broken");
        Without(id, theirs.Page).ShouldBe(Without(Missing, missing.Page));
    }

    private static string Without(string id, string page) =>
        page.Replace(id, "", StringComparison.Ordinal).Replace($">{id[..8]}<", "><", StringComparison.Ordinal);

    private async Task<JsonElement> DieAsync(string name, string message, int attempts = 1)
    {
        var retry = new JsonObject { ["attempts"] = attempts, ["backoff_ms"] = 1 };
        await _tenant.CreateScriptAsync(name, "oneoff", $"throw new Error({JsonSerializer.Serialize(message)});", retry: retry);
        await _tenant.EnqueueAsync(name, new JsonObject { ["input"] = new JsonObject { ["order"] = 7 } });
        return (await _tenant.UntilListedAsync("/dead-letters?state=open", items => items.Count == 1))[0];
    }

    /// <param name="token">Null: a superadmin's.</param>
    private async Task<(HttpStatusCode Status, string Page)> PageAsync(string path, string? token = null)
    {
        var address = $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}tenant={_tenant.Slug}";
        using var response = await _product.SendAsync(HttpMethod.Get, address, token ?? _product.Env["SANDBOX_ADMIN_TOKEN"], null, null, Stop);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Stop));
    }
}
