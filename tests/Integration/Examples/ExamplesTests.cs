using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using MimeKit;
using Sandbox.Supervisor.Hosting.Demo;
using Sandbox.Tests.Integration.Broker;
using Sandbox.Tests.Integration.Egress;
using Sandbox.Tests.Integration.Email;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Examples;

/// <summary>The scripts of <c>examples/</c> as the demo makes them, against real servers.</summary>
public sealed class ExamplesTests(NetworkFixture fixture) : IClassFixture<NetworkFixture>
{
    private const int Patience = 240_000;
    private const string AccountingHost = "api.accounting.example.com";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private SdkTenant Demo => SdkTenant.OfDemo(fixture.Product, "demo");

    [Fact(Timeout = Patience)]
    public async Task The_export_posts_all_transactions_with_the_credential_of_the_connection()
    {
        var requests = new ConcurrentQueue<(string Key, string? Type, string Idempotency, string Body)>();
        await using var server = await AccountingAsync(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var headers = context.Request.Headers;
            var body = await reader.ReadToEndAsync();
            requests.Enqueue((headers["X-Api-Key"].ToString(), context.Request.ContentType, headers["Idempotency-Key"].ToString(), body));
            context.Response.StatusCode = StatusCodes.Status202Accepted;
        });
        // More than a page.
        await Demo.OutputAsync("""
            await sdk.db.insert('transactions', Array.from({ length: 600 }, (_, n) => ({ amount: n, booked_at: '2024-06-01T00:00:00Z' })));
            """);
        var count = int.Parse(await Demo.OutputAsync("return await sdk.db.count('transactions');"));

        var exported = Output(await Demo.Rest.InvokeAsync("nightly-export", new JsonObject { ["all"] = true }));
        var ofDay = Output(await Demo.Rest.InvokeAsync("nightly-export", new JsonObject { ["day"] = "2025-02-04" }));
        var ofNoDay = Output(await Demo.Rest.InvokeAsync("nightly-export"));

        exported.GetProperty("exported").GetInt32().ShouldBe(count);
        ofDay.GetProperty("exported").GetInt32().ShouldBe(1);
        ofNoDay.GetProperty("exported").GetInt32().ShouldBe(0);
        var sent = requests.ToArray();
        sent.Length.ShouldBe(2);
        sent.ShouldAllBe(request => request.Key == "demo-accounting-key" && request.Type == "text/csv; charset=utf-8");
        sent.Select(request => request.Idempotency).Distinct().Count(key => key.Length > 0).ShouldBe(2);
        var lines = sent[0].Body.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        lines[0].ShouldBe("id,booked_at,amount,currency,payment_id");
        lines.Skip(1).Select(line => line.Split(',')[0]).Distinct().Count().ShouldBe(count);
        sent[1].Body.ShouldContain("2025-02-04T11:30:00");
    }

    [Fact(Timeout = Patience)]
    public async Task The_export_fails_where_the_accounting_api_refuses_and_tells_its_answer()
    {
        await using var server = await AccountingAsync(context =>
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return context.Response.WriteAsync("closed for the night");
        });

        var execution = await Demo.Rest.InvokeAsync("nightly-export", new JsonObject { ["day"] = "2025-02-04" });

        execution.GetProperty("status").GetString().ShouldBe("failed");
        execution.GetProperty("error").GetProperty("message").GetString()
            .ShouldBe("the accounting API answered 503 to 1 transactions (1 day(s) from 2025-02-04): closed for the night");
    }

    [Fact(Timeout = Patience)]
    public async Task A_signed_event_of_Stripe_makes_a_client_once_and_answers_201_with_its_id()
    {
        const string created =
            """{"type":"customer.created","data":{"object":{"id":"cus_9","name":"Grace Hopper","email":"Grace@Example.org"}}}""";

        var first = await StripeAsync(created);
        var second = await StripeAsync(created);
        var other = await StripeAsync("""{"type":"customer.deleted","data":{"object":{"id":"cus_9"}}}""");
        var nameless = await StripeAsync("""{"type":"customer.created","data":{"object":{"id":"cus_8","email":null}}}""");
        var forged = await StripeAsync(created, "another-secret");

        first.Status.ShouldBe(HttpStatusCode.Created, first.Text);
        second.ShouldBe(first);
        (other.Status, nameless.Status, forged.Status).ShouldBe((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Unauthorized));
        var id = JsonDocument.Parse(first.Text).RootElement.GetProperty("id").GetString();
        const string find = "return await sdk.db.find('clients', { where: { email: 'grace@example.org' }, select: ['id', 'name'] });";
        var rows = await Demo.OutputAsync(find);
        rows.ShouldBe($$"""[{"id":"{{id}}","name":"Grace Hopper"}]""");
    }

    [Fact(Timeout = Patience)]
    public async Task A_receipt_is_sent_once_escaped_and_leaves_a_record_and_a_label()
    {
        using var server = SmtpServer.Start(fixture.Network, 2525);
        var settings = new JsonObject
        {
            ["host"] = LoopbackNetwork.Public,
            ["port"] = 2525,
            ["security"] = "none",
            ["from_address"] = "shop@example.com",
        };
        using (var put = await Demo.Rest.SendAsync(HttpMethod.Put, "/settings/email", settings))
            await RunningProduct.ExpectAsync(put, HttpStatusCode.OK);
        var payment = JsonDocument.Parse(await Demo.OutputAsync("""
            const client = await sdk.db.insert('clients', { name: 'Ada <b>& Sons</b>', email: 'ada.sons@example.com' });
            const lines = [{ sku: 'P-001', quantity: 2 }];
            const order = await sdk.db.insert('orders', { number: 880001, client_id: client.id, status: 'paid', total: 34.9, lines });
            return (await sdk.db.insert('payments', { order_id: order.id, amount: 34.9, method: 'card' })).id;
            """)).RootElement.GetString();
        var input = new JsonObject { ["payment_id"] = payment };

        var execution = await Demo.Rest.InvokeAsync("receipt-email", input.DeepClone());
        var again = await Demo.Rest.InvokeAsync("receipt-email", input.DeepClone());

        Output(execution).GetProperty("sent").GetBoolean().ShouldBeTrue();
        Output(again).GetProperty("sent").GetBoolean().ShouldBeFalse();
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(server.Messages.ShouldHaveSingleItem()));
        var message = await MimeMessage.LoadAsync(stream, Stop);
        message.To.ToString().ShouldBe("ada.sons@example.com");
        message.Subject.ShouldBe("Receipt for order 880001");
        var text = message.TextBody.ShouldNotBeNull();
        text.ShouldContain("Dear Ada <b>& Sons</b>,");
        text.ShouldContain("34.90 EUR");
        text.ShouldContain("2 × P-001");
        var html = message.HtmlBody.ShouldNotBeNull();
        html.ShouldContain("Dear Ada &#60;b&#62;&#38; Sons&#60;/b&#62;,");
        html.ShouldContain("<li>2 × P-001</li>");
        const string read = "return await sdk.cache.get(`dashboard:receipt:${context.input}`, { scope: 'tenant' });";
        var record = JsonNode.Parse(await Demo.OutputAsync(read, payment))!;
        record["order"]!.GetValue<string>().ShouldBe("880001");
        record["amount"]!.GetValue<double>().ShouldBe(34.9);
        var found = await Demo.Rest.GetAsync("/executions?label=order:880001");
        found.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString())
            .ShouldContain(execution.GetProperty("id").GetString(), found.GetRawText());
    }

    [Fact(Timeout = Patience)]
    public async Task The_dry_run_of_an_import_of_ten_thousand_records_lists_them_and_leaves_every_table_as_it_was()
    {
        var tenant = Demo;
        var before = await ChecksumsAsync(tenant);
        var input = new JsonObject { ["records"] = Records("dry", 10_000) };

        using var response = await tenant.Rest.SendAsync(
            HttpMethod.Post, "/scripts/import-records/invoke?dry_run=true", new JsonObject { ["input"] = input });
        var execution = await RunningProduct.ExpectAsync(response, HttpStatusCode.OK);

        (await ChecksumsAsync(tenant)).ShouldBe(before);
        Output(execution).GetProperty("imported").GetInt32().ShouldBe(10_000);
        execution.GetProperty("dry_run").GetProperty("not_listed").GetInt32().ShouldBe(0);
        var changes = execution.GetProperty("dry_run").GetProperty("changes").EnumerateArray().ToArray();
        changes.Length.ShouldBe(10_000);
        changes.Select(change => change.GetProperty("after").GetProperty("email").GetString()).Distinct().Count().ShouldBe(10_000);
        changes.ShouldAllBe(change => change.GetProperty("entity").GetString() == "clients");
        changes.ShouldAllBe(change => change.GetProperty("operation").GetString() == "insert");
        changes.ShouldAllBe(change => change.GetProperty("before").ValueKind == JsonValueKind.Null);
        changes[0].GetProperty("after").GetProperty("email").GetString().ShouldBe("dry0@example.net");
        changes[0].GetProperty("after").GetProperty("birthday").GetString().ShouldBe("1999-12-31");
    }

    [Fact(Timeout = Patience)]
    public async Task Ten_thousand_records_are_imported_once_with_progress_and_what_is_wrong_is_told()
    {
        var tenant = Demo;
        var records = Records("real", 10_000);
        for (var i = 0; i < 25; i++) records[i * 100]!["born"] = "31.02.1999";
        records[9_999] = records[9_998]!.DeepClone();
        var input = new JsonObject { ["records"] = records };

        var execution = await tenant.Rest.InvokeAsync("import-records", input.DeepClone());
        var again = await tenant.Rest.InvokeAsync("import-records", input.DeepClone());

        var report = Output(execution);
        report.GetProperty("imported").GetInt32().ShouldBe(9_974);
        report.GetProperty("skipped").GetInt32().ShouldBe(26);
        report.GetProperty("errors").GetArrayLength().ShouldBe(20);
        report.GetProperty("errors")[1].GetProperty("record").GetInt32().ShouldBe(101);
        report.GetProperty("errors")[1].GetProperty("message").GetString().ShouldBe("born '31.02.1999' is no date such as 31.12.1999");
        execution.GetProperty("progress").GetRawText().ShouldBe("""{"done":10000,"total":10000,"message":"9974 imported, 26 skipped"}""");
        (await tenant.OutputAsync("return await sdk.db.count('clients', { where: { email: { like: 'real%@example.net' } } });"))
            .ShouldBe("9974");
        (await tenant.OutputAsync("return (await sdk.db.findOne('clients', { where: { email: 'real7@example.net' } })).tags;"))
            .ShouldBe("""["imported","newsletter"]""");
        Output(again).GetProperty("imported").GetInt32().ShouldBe(0);
        Output(again).GetProperty("skipped").GetInt32().ShouldBe(10_000);
        var calls = await tenant.Rest.GetAsync($"/executions/{execution.GetProperty("id").GetString()}/calls?limit=200");
        calls.GetProperty("items").EnumerateArray().Count(call => call.GetProperty("capability").GetString() == "checkpoint").ShouldBe(20);
    }

    [Fact(Timeout = Patience)]
    public async Task A_price_has_the_breaks_of_the_quantity_and_of_the_client()
    {
        const string find = "return (await sdk.db.findOne('clients', { where: { tier: 'gold' }, orderBy: 'id' })).id;";
        var gold = JsonDocument.Parse(await Demo.OutputAsync(find)).RootElement.GetString();
        var lines = new JsonArray(Line("P-001", 12), Line("P-002", 1));

        var anyone = Output(await Demo.Rest.InvokeAsync("dynamic-price", new JsonObject { ["lines"] = lines.DeepClone() }));
        var known = Output(await Demo.Rest.InvokeAsync("dynamic-price", new JsonObject { ["client_id"] = gold, ["lines"] = lines }));
        var unknown = await Demo.Rest.InvokeAsync("dynamic-price", new JsonObject { ["lines"] = new JsonArray(Line("P-999", 1)) });

        // 12 × 17.45 less 5 %, and 24.90.
        anyone.GetProperty("subtotal").GetDouble().ShouldBe(223.83);
        anyone.GetProperty("total").GetDouble().ShouldBe(223.83);
        known.GetProperty("discount").GetDouble().ShouldBe(0.07);
        known.GetProperty("total").GetDouble().ShouldBe(208.16);
        unknown.GetProperty("error").GetProperty("message").GetString().ShouldBe("there is no product P-999");

        static JsonObject Line(string sku, int quantity) => new() { ["sku"] = sku, ["quantity"] = quantity };
    }

    [Fact]
    public void The_header_of_an_example_has_the_trigger_that_the_demo_gives_it()
    {
        var examples = Directory.GetFiles(Path.Combine(RunningProduct.Root, "examples"), "*.js");

        examples.Length.ShouldBe(5);
        foreach (var file in examples)
        {
            var script = DemoScripts.All.Single(script => script.Name == Path.GetFileNameWithoutExtension(file));
            var source = script.Source.ShouldNotBeNull();
            source.ShouldBe(File.ReadAllText(file));
            if (script.Trigger is { } trigger) source.ShouldContain(trigger.Text);
            if (script.InputSchema is { } schema) source.ShouldContain(schema.Text);
        }
    }

    [Theory(Timeout = Patience)]
    [InlineData("nightly-export", """{"all":true}""")]
    [InlineData("receipt-email", """{"payment_id":"9a209ba8-6e3d-9c12-75e8-640d2e75ab7e"}""")]
    [InlineData("import-records", """{"records":[{"full_name":"Alan Berg","mail":"Alan@Example.com","class":"G"}]}""")]
    public async Task A_line_of_the_first_screen_that_is_a_dry_run_completes_and_lists_what_it_would_do(string script, string input)
    {
        var body = new JsonObject { ["input"] = JsonNode.Parse(input) };
        using var response = await Demo.Rest.SendAsync(HttpMethod.Post, $"/scripts/{script}/invoke?dry_run=true", body);
        var execution = await RunningProduct.ExpectAsync(response, HttpStatusCode.OK);

        await fixture.Product.UntilPrintedAsync($"-d '{{\"input\":{input}}}'", TestContext.Current.CancellationToken);
        await fixture.Product.UntilPrintedAsync($"/api/v1/scripts/{script}/invoke?dry_run=true", TestContext.Current.CancellationToken);
        execution.GetProperty("status").GetString().ShouldBe("completed", execution.GetRawText());
        var dryRun = execution.GetProperty("dry_run");
        (dryRun.GetProperty("calls").GetArrayLength() + dryRun.GetProperty("changes").GetArrayLength()).ShouldBe(1);
    }

    private static JsonElement Output(JsonElement execution) => JsonDocument.Parse(SdkTenant.Output(execution)).RootElement;

    private static JsonArray Records(string name, int count) =>
    [
        .. Enumerable.Range(0, count).Select(n => new JsonObject
        {
            ["full_name"] = $" Client {n}", ["mail"] = $"{name}{n}@Example.net", ["class"] = "V", ["born"] = "31.12.1999", ["news"] = "Y",
        }),
    ];

    /// <summary>Rows and a checksum over all of them, of each table that the demo opens.</summary>
    private static Task<string> ChecksumsAsync(SdkTenant tenant) => tenant.OutputAsync("""
        const sums = {};
        for (const [entity, key] of [['clients', 'id'], ['products', 'sku'], ['orders', 'id'], ['payments', 'id'], ['transactions', 'id']]) {
          let rows = 0, sum = 7;
          for (let last = null; ;) {
            const where = last === null ? {} : { [key]: { gt: last } };
            const page = await sdk.db.find(entity, { where, orderBy: key, limit: 1000 });
            for (const row of page) for (const character of JSON.stringify(row)) sum = (sum * 31 + character.codePointAt(0)) | 0;
            rows += page.length;
            if (page.length < 1000) break;
            last = page.at(-1)[key];
          }
          sums[entity] = [rows, sum];
        }
        return sums;
        """, uses: """{"entities":{"*":["read"]}}""");

    private async Task<WebServer> AccountingAsync(RequestDelegate answer)
    {
        fixture.Network.Names.Add(AccountingHost, LoopbackNetwork.Public);
        return await WebServer.StartAsync(fixture.Network, 443, answer, fixture.Network.Authority.Issue(AccountingHost));
    }

    private async Task<(HttpStatusCode Status, string Text)> StripeAsync(string body, string secret = DemoSettings.StripeSecret)
    {
        var at = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var mac = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{at}.{body}"));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/t/demo/api/scripts/stripe");
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        request.Headers.TryAddWithoutValidation("Stripe-Signature", $"t={at},v1={Convert.ToHexStringLower(mac)}").ShouldBeTrue();
        using var response = await fixture.Product.Endpoints.SendAsync(request, Stop);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Stop));
    }
}
