using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Tests.Integration.Http;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Scripts;

/// <summary>Drafts over REST: what one may hold, what another sees of it, and how it becomes a version.</summary>
public sealed class DraftTests(SharedProductFixture fixture) : IClassFixture<SharedProductFixture>
{
    private const int Patience = 120_000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private RunningProduct Product => fixture.Product;

    [Fact(Timeout = Patience)]
    public async Task A_draft_may_be_unfinished_and_shows_what_it_leaves_out_as_its_base_has_it()
    {
        var author = await AuthorAsync("unfinished");
        await author.SendAsync(HttpMethod.Post, "/scripts", """{"name":"page","kind":"http","source":"return 1;","description":"D","trigger":{"path":"/page"}}""", HttpStatusCode.Created);

        var put = await author.SendAsync(HttpMethod.Put, "/scripts/page/draft", """{"base_version":1,"source":"return (","trigger":{"methods":["GET"]},"tags":["a"]}""");
        var read = await author.SendAsync(HttpMethod.Get, "/scripts/page/draft");

        put.Body.GetProperty("is_stale").GetBoolean().ShouldBeFalse();
        put.Body.TryGetProperty("diff", out _).ShouldBeFalse();
        read.ETag.ShouldBe(put.ETag.ShouldNotBeNull());
        read.Body.GetProperty("source").GetString().ShouldBe("return (");
        read.Body.GetProperty("diff").GetProperty("mine").GetProperty("source").GetString()!.ShouldContain("+return (");
        read.Body.GetProperty("trigger").GetRawText().ShouldBe("""{"methods":["GET"]}""");
        read.Body.GetProperty("description").GetString().ShouldBe("D");
        read.Body.GetProperty("limits").GetProperty("timeout_ms").GetInt32().ShouldBe(30_000);
        read.Body.GetProperty("author").GetProperty("name").GetString().ShouldBe("author");
        read.Body.GetProperty("others").GetArrayLength().ShouldBe(0);
        var live = await author.SendAsync(HttpMethod.Get, "/scripts/page");
        live.Body.GetProperty("source").GetString().ShouldBe("return 1;");
        live.Body.GetProperty("version").GetInt32().ShouldBe(1);
    }

    [Fact(Timeout = Patience)]
    public async Task What_no_script_could_have_is_refused_by_its_field()
    {
        var author = await AuthorAsync("refused");
        await author.MakeAsync("""{"name":"page","kind":"http","source":"return 1;","trigger":{"path":"/page"}}""");
        (string Body, string Field)[] refusals =
        [
            ("""{"source":"return 1;"}""", "base_version"),
            ("""{"base_version":7}""", "base_version"),
            ("""{"base_version":1,"name":"other"}""", "name"),
            ("""{"base_version":1,"source":null}""", "source"),
            ("""{"base_version":1,"trigger":{"pth":"/x"}}""", "trigger.pth"),
            ("""{"base_version":1,"limits":{"timeout_ms":1}}""", "limits.timeout_ms"),
            ($$"""{"base_version":1,"source":"{{new string('x', 102_401)}}"}""", "source"),
        ];

        foreach (var (body, field) in refusals)
        {
            var refused = await author.SendAsync(HttpMethod.Put, "/scripts/page/draft", body, HttpStatusCode.UnprocessableEntity);
            refused.Body.GetProperty("errors")[0].GetProperty("field").GetString().ShouldBe(field);
        }

        await author.SendAsync(HttpMethod.Get, "/scripts/page/draft", status: HttpStatusCode.NotFound);
    }

    [Fact(Timeout = Patience)]
    public async Task A_published_draft_is_the_next_version_and_no_draft_any_more()
    {
        var author = await AuthorAsync("published");
        await author.MakeAsync("""{"name":"price","kind":"embedded","source":"return 1;","description":"D"}""");
        await author.SendAsync(HttpMethod.Put, "/scripts/price/draft", """{"base_version":1,"source":"return 2;","description":null,"limits":{"calls":7}}""");

        var published = await author.SendAsync(HttpMethod.Post, "/scripts/price/publish", """{"message":"dearer"}""");

        published.Body.GetProperty("version").GetInt32().ShouldBe(2);
        published.Body.GetProperty("source").GetString().ShouldBe("return 2;");
        published.Body.GetProperty("description").ValueKind.ShouldBe(JsonValueKind.Null);
        published.Body.GetProperty("limits").GetProperty("calls").GetInt32().ShouldBe(7);
        published.Body.GetProperty("warnings").GetArrayLength().ShouldBe(0);
        (await author.SendAsync(HttpMethod.Get, "/scripts/price/versions/2")).Body.GetProperty("message").GetString().ShouldBe("dearer");
        await author.SendAsync(HttpMethod.Get, "/scripts/price/draft", status: HttpStatusCode.NotFound);
        await author.SendAsync(HttpMethod.Post, "/scripts/price/publish", "{}", HttpStatusCode.NotFound);
        (await author.SendAsync(HttpMethod.Post, "/scripts/price/invoke", "{}")).Body.GetProperty("output").GetInt32().ShouldBe(2);
        var audited = (await author.SendAsync(HttpMethod.Get, "/audit?action=scripts.publish&outcome=done")).Body.GetProperty("items")[0];
        audited.GetProperty("before").GetProperty("version").GetInt32().ShouldBe(1);
        audited.GetProperty("after").GetProperty("version").GetInt32().ShouldBe(2);
        audited.GetProperty("after").GetProperty("message").GetString().ShouldBe("dearer");
    }

    [Fact(Timeout = Patience)]
    public async Task A_draft_that_another_version_overtook_is_published_only_by_whoever_saw_that_version()
    {
        var author = await AuthorAsync("overtaken");
        await author.MakeAsync("""{"name":"price","kind":"embedded","source":"return 1;"}""");
        await author.SendAsync(HttpMethod.Put, "/scripts/price/draft", """{"base_version":1,"source":"return 'mine';"}""");
        await author.SendAsync(HttpMethod.Patch, "/scripts/price", """{"source":"return 'theirs';"}""");

        var read = await author.SendAsync(HttpMethod.Get, "/scripts/price/draft");
        var refused = await author.SendAsync(HttpMethod.Post, "/scripts/price/publish", "{}", HttpStatusCode.Conflict);

        read.Body.GetProperty("is_stale").GetBoolean().ShouldBeTrue();
        read.Body.GetProperty("live_version").GetInt32().ShouldBe(2);
        refused.Body.GetProperty("code").GetString().ShouldBe("CONFLICT");
        foreach (var diff in new[] { read.Body.GetProperty("diff"), refused.Body.GetProperty("diff") })
        {
            diff.GetProperty("live").GetProperty("source").GetString()!.ShouldContain("+return 'theirs';");
            diff.GetProperty("mine").GetProperty("source").GetString()!.ShouldContain("+return 'mine';");
            diff.GetProperty("mine").GetProperty("from").GetInt32().ShouldBe(1);
            diff.GetProperty("mine").GetProperty("to").GetInt32().ShouldBe(3);
        }

        (await author.SendAsync(HttpMethod.Post, "/scripts/price/publish", """{"base_version":2}""")).Body.GetProperty("source").GetString().ShouldBe("return 'mine';");
    }

    [Fact(Timeout = Patience)]
    public async Task An_unfinished_draft_is_not_published_and_stays()
    {
        var author = await AuthorAsync("stays");
        await author.MakeAsync("""{"name":"page","kind":"http","source":"return 1;","trigger":{"path":"/page"}}""");
        (string Draft, string Field, string Code)[] unfinished =
        [
            ("""{"base_version":1,"source":"return (;"}""", "source", "SYNTAX_ERROR"),
            ("""{"base_version":1,"trigger":{"methods":["GET"]}}""", "trigger.path", "INVALID_ARGUMENT"),
        ];

        foreach (var (draft, field, code) in unfinished)
        {
            await author.SendAsync(HttpMethod.Put, "/scripts/page/draft", draft);
            var refused = await author.SendAsync(HttpMethod.Post, "/scripts/page/publish", "{}", HttpStatusCode.UnprocessableEntity);
            refused.Body.GetProperty("code").GetString().ShouldBe(code);
            refused.Body.GetProperty("errors")[0].GetProperty("field").GetString().ShouldBe(field);
            await author.SendAsync(HttpMethod.Get, "/scripts/page/draft");
        }

        (await author.SendAsync(HttpMethod.Get, "/scripts/page")).Body.GetProperty("version").GetInt32().ShouldBe(1);
    }

    [Fact(Timeout = Patience)]
    public async Task Every_author_has_a_draft_of_their_own_and_sees_who_else_has_one_until_the_script_is_deleted()
    {
        var one = await AuthorAsync("several");
        var other = await one.AnotherAsync("other");
        await one.MakeAsync("""{"name":"price","kind":"embedded","source":"return 1;"}""");
        var mine = await one.SendAsync(HttpMethod.Put, "/scripts/price/draft", """{"base_version":1,"source":"return 'one';"}""");
        await other.SendAsync(HttpMethod.Put, "/scripts/price/draft", """{"base_version":1,"source":"return 'other';"}""");

        var seen = (await other.SendAsync(HttpMethod.Get, "/scripts/price/draft")).Body;
        var author = seen.GetProperty("others")[0].GetProperty("author");

        seen.GetProperty("source").GetString().ShouldBe("return 'other';");
        seen.GetProperty("others").GetArrayLength().ShouldBe(1);
        author.GetProperty("name").GetString().ShouldBe("author");
        var asked = (await one.SendAsync(HttpMethod.Get, "/scripts/price/drafts")).Body.GetProperty("items");
        asked.GetArrayLength().ShouldBe(1);
        asked[0].GetProperty("author").GetProperty("name").GetString().ShouldBe("other");
        asked[0].TryGetProperty("source", out _).ShouldBeFalse();
        (await other.SendAsync(HttpMethod.Get, $"/scripts/price/draft?author={author.GetProperty("id").GetString()}")).ETag.ShouldBe(mine.ETag);
        await other.SendAsync(HttpMethod.Delete, "/scripts/price/draft", status: HttpStatusCode.NoContent);
        await other.SendAsync(HttpMethod.Get, "/scripts/price/draft", status: HttpStatusCode.NotFound);
        (await one.SendAsync(HttpMethod.Get, "/scripts/price/drafts")).Body.GetProperty("items").GetArrayLength().ShouldBe(0);
        var stranger = await AuthorAsync("stranger");
        await stranger.SendAsync(HttpMethod.Get, "/scripts/price/drafts", status: HttpStatusCode.NotFound);
        await one.SendAsync(HttpMethod.Delete, "/scripts/price", status: HttpStatusCode.NoContent);
        await one.SendAsync(HttpMethod.Post, "/scripts", """{"name":"price","kind":"embedded","source":"return 1;"}""", HttpStatusCode.Created);
        await one.SendAsync(HttpMethod.Get, "/scripts/price/draft", status: HttpStatusCode.NotFound);
    }

    [Fact(Timeout = Patience)]
    public async Task A_draft_that_was_changed_since_it_was_read_is_neither_written_nor_removed_nor_published()
    {
        var author = await AuthorAsync("matched");
        await author.MakeAsync("""{"name":"price","kind":"embedded","source":"return 1;"}""");
        await author.SendAsync(HttpMethod.Put, "/scripts/price/draft", """{"base_version":1}""", HttpStatusCode.PreconditionFailed, ifMatch: "\"1\"");
        var first = await author.SendAsync(HttpMethod.Put, "/scripts/price/draft", """{"base_version":1,"source":"return 2;"}""");
        var second = await author.SendAsync(HttpMethod.Put, "/scripts/price/draft", """{"base_version":1,"source":"return 3;"}""", ifMatch: first.ETag);

        foreach (var (method, path) in new[] { (HttpMethod.Put, "draft"), (HttpMethod.Delete, "draft"), (HttpMethod.Post, "publish") })
        {
            var body = method == HttpMethod.Delete ? null : """{"base_version":1}""";
            await author.SendAsync(method, $"/scripts/price/{path}", body, HttpStatusCode.PreconditionFailed, ifMatch: first.ETag);
        }

        var published = await author.SendAsync(HttpMethod.Post, "/scripts/price/publish", "{}", ifMatch: second.ETag);
        published.Body.GetProperty("source").GetString().ShouldBe("return 3;");
    }

    [Fact(Timeout = Patience)]
    public async Task Where_a_tenant_wants_a_second_person_nobody_makes_a_version_live_alone()
    {
        var author = await AuthorAsync("pair");
        var reviewer = await author.AnotherAsync("reviewer");
        await author.MakeAsync("""{"name":"price","kind":"embedded","source":"return 1;"}""");
        var tenant = $"/tenants/{author.Slug}";
        (await author.AsSuperadminAsync(HttpMethod.Get, tenant)).GetProperty("publish_needs_second_person").GetBoolean().ShouldBeFalse();
        (await author.AsSuperadminAsync(HttpMethod.Patch, tenant, """{"publish_needs_second_person":true}""")).GetProperty("publish_needs_second_person").GetBoolean().ShouldBeTrue();
        var draft = await author.SendAsync(HttpMethod.Put, "/scripts/price/draft", """{"base_version":1,"source":"return 2;"}""");
        var id = draft.Body.GetProperty("author").GetProperty("id").GetString();

        var own = await author.SendAsync(HttpMethod.Post, "/scripts/price/publish", "{}", HttpStatusCode.Forbidden);
        await author.SendAsync(HttpMethod.Post, "/scripts/price/publish", $$"""{"author":"{{id}}"}""", HttpStatusCode.Forbidden);
        var patch = await author.SendAsync(HttpMethod.Patch, "/scripts/price", """{"source":"return 2;"}""", HttpStatusCode.Forbidden);
        await reviewer.SendAsync(HttpMethod.Post, "/scripts/price/publish", "{}", HttpStatusCode.NotFound);
        var published = await reviewer.SendAsync(HttpMethod.Post, "/scripts/price/publish", $$"""{"author":"{{id}}"}""");

        own.Body.GetProperty("code").GetString().ShouldBe("NOT_ALLOWED");
        own.Body.GetProperty("detail").GetString()!.ShouldContain("author");
        patch.Body.GetProperty("detail").GetString()!.ShouldContain("draft");
        published.Body.GetProperty("version").GetInt32().ShouldBe(2);
        await author.SendAsync(HttpMethod.Patch, "/scripts/price", """{"title":"T"}""");
    }

    private async Task<Author> AuthorAsync(string slug)
    {
        var tenant = await Product.CreateTenantAsync($"draft-{slug}-{Guid.NewGuid():n}"[..30]);
        return await Author.NewAsync(Product, tenant, "author");
    }

    private sealed class Author(RunningProduct product, RunningProduct.Tenant tenant, string token)
    {
        public string Slug => tenant.Slug;

        public static async Task<Author> NewAsync(RunningProduct product, RunningProduct.Tenant tenant, string name)
        {
            var permissions = new JsonArray("scripts.read", "scripts.create", "scripts.update", "scripts.delete", "scripts.publish", "scripts.execute", "audit.read");
            using var made = await tenant.SendAsync(HttpMethod.Post, "/tokens", new JsonObject { ["name"] = name, ["permissions"] = permissions });
            return new Author(product, tenant, (await RunningProduct.ExpectAsync(made, HttpStatusCode.Created)).GetProperty("token").GetString()!);
        }

        public Task<Author> AnotherAsync(string name) => NewAsync(product, tenant, name);

        public async Task MakeAsync(string script) => await SendAsync(HttpMethod.Post, "/scripts", script, HttpStatusCode.Created);

        public async Task<JsonElement> AsSuperadminAsync(HttpMethod method, string path, string? json = null)
        {
            using var response = await tenant.SendAsync(method, path, json is null ? null : JsonNode.Parse(json));
            return await RunningProduct.ExpectAsync(response, HttpStatusCode.OK);
        }

        public async Task<Answer> SendAsync(HttpMethod method, string path, string? json = null, HttpStatusCode status = HttpStatusCode.OK, string? ifMatch = null)
        {
            using var request = new HttpRequestMessage(method, $"/api/v1{path}");
            request.Headers.Authorization = new("Bearer", token);
            if (ifMatch is not null) request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
            if (json is not null) request.Content = JsonContent.Create(JsonNode.Parse(json));
            using var response = await product.Admin.SendAsync(request, Stop);
            var text = await response.Content.ReadAsStringAsync(Stop);
            response.StatusCode.ShouldBe(status, $"{method} {path}: {text}");
            return new Answer(response.Headers.ETag?.ToString(), text.Length == 0 ? default : JsonDocument.Parse(text).RootElement.Clone());
        }
    }

    private sealed record Answer(string? ETag, JsonElement Body);
}
