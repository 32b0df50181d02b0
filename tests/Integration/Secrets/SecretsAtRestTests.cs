using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Sandbox.Tests.Integration.Database;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Secrets;

/// <summary>What a whole product leaves of a secret in its database, its data directory and its log.</summary>
public sealed class SecretsAtRestTests(PostgresServer server)
{
    private const int Patience = 240_000;
    private const string Value = "zebra-4711-crossing";
    private const string Admin = "SANDBOX_ADMIN_TOKEN";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = Patience)]
    public async Task No_plain_value_is_in_any_table_file_or_log_and_a_restart_needs_the_key_file()
    {
        await using var database = await server.NewDatabaseAsync(migrated: false);
        await using var product = await RunningProduct.StartAsync($"\"--Sandbox:Database:ConnectionString={database.Superuser}\"");
        var tenant = await product.CreateTenantAsync("secretive");
        await PutAsync(product, new JsonObject { ["value"] = Value }, HttpStatusCode.Created);
        await PutAsync(product, new JsonObject { ["value"] = Value }, HttpStatusCode.OK);
        await PutAsync(product, new JsonObject { ["value"] = new JsonArray(Value) }, HttpStatusCode.UnprocessableEntity);
        await PutAsync(product, new JsonObject { ["text"] = Value }, HttpStatusCode.UnprocessableEntity);
        await tenant.CreateScriptAsync("length", "embedded", "return (await sdk.secrets.get('crm')).length;");
        (await tenant.InvokeAsync("length")).GetProperty("output").GetInt32().ShouldBe(Value.Length);
        await product.InterruptAsync();

        var tables = await DumpAsync(database);
        tables.ShouldContain("length");
        ShouldNotHoldTheValue(tables);
        ShouldNotHoldTheValue(product.Output);
        foreach (var file in Directory.EnumerateFiles(product.DataDirectory, "*", SearchOption.AllDirectories))
            ShouldNotHoldTheValue(Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file, Stop)));

        await product.StartProcessAsync();
        (await tenant.InvokeAsync("length")).GetProperty("output").GetInt32().ShouldBe(Value.Length);
        await product.InterruptAsync();

        var key = Path.Combine(product.DataDirectory, "secrets.key");
        await File.WriteAllTextAsync(key, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)), Stop);
        var refused = await Should.ThrowAsync<InvalidOperationException>(product.StartProcessAsync);
        refused.Message.ShouldContain("The product ended with 1");
        await product.UntilPrintedAsync("sandbox: Sandbox:Secrets:KeyFile: the key in", Stop);
    }

    private static async Task PutAsync(RunningProduct product, JsonObject body, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/v1/secrets/crm") { Content = JsonContent.Create(body) };
        request.Headers.Authorization = new("Bearer", product.Env[Admin]);
        request.Headers.Add("X-Tenant", "secretive");
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
        using var response = await product.Admin.SendAsync(request, Stop);
        (await RunningProduct.ExpectAsync(response, status)).GetRawText().ShouldNotContain(Value);
    }

    /// <summary>Each row of each table as text; bytes are in hexadecimal.</summary>
    private static async Task<string> DumpAsync(TestDatabase database)
    {
        await using var admin = await database.AsSuperuserAsync();
        var tables = await admin.ColumnAsync<string>(
            """
            select quote_ident(schemaname) || '.' || quote_ident(tablename) from pg_tables
            where schemaname not in ('pg_catalog', 'information_schema')
            """);
        var dump = new StringBuilder();
        foreach (var table in tables)
            foreach (var row in await admin.ColumnAsync<string>($"select row::text from {table} row")) dump.AppendLine(row);
        return dump.ToString();
    }

    private static void ShouldNotHoldTheValue(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(Value);
        foreach (var spelled in new[] { Value, Convert.ToHexStringLower(bytes), Convert.ToBase64String(bytes)[..24] })
            text.Contains(spelled, StringComparison.Ordinal).ShouldBeFalse();
    }
}
