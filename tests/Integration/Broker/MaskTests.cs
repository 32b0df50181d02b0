using System.Text.Json.Nodes;
using Sandbox.Tests.Integration.Http;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Broker;

/// <summary>Where a secret's value would reach a record, through the whole product.</summary>
public sealed class MaskTests(SharedProductFixture fixture) : IClassFixture<SharedProductFixture>
{
    private const int Minute = 60_000;
    private const string Value = "s3cret/Value+\"é\" 42";

    [Fact(Timeout = Minute)]
    public async Task No_log_output_error_progress_or_label_shows_a_value_in_any_of_its_spellings()
    {
        var tenant = await TenantAsync();
        var execution = await tenant.RunAsync(
            """
            const key = await sdk.secrets.get('crm');
            console.log('plain', key, [key], {deep: {[key]: key}}, encodeURIComponent(key), JSON.stringify(key));
            sdk.log.info('x'.repeat(8180) + key, {key});
            sdk.progress(1, 2, `at ${key}`);
            if (context.input === 'fail') { const e = new Error(`no ${key}`); e.key = key; throw e; }
            return {key, list: [key], text: `a${key}b`, url: `https://x/?k=${encodeURIComponent(key)}`};
            """);
        var failed = await tenant.RunAsync("const key = await sdk.secrets.get('crm'); const e = new Error(`no ${key}`); e.key = key; throw e;");

        execution.GetProperty("status").GetString().ShouldBe("completed");
        execution.GetProperty("output").GetRawText().ShouldBe("""{"key":"***","list":["***"],"text":"a***b","url":"https://x/?k=***"}""");
        var logs = (await tenant.Rest.GetAsync($"/executions/{execution.GetProperty("id").GetString()}/logs")).GetRawText();
        failed.GetProperty("error").GetProperty("message").GetString().ShouldBe("no ***");
        logs.ShouldContain("plain ***");
        foreach (var text in new[] { execution.GetRawText(), failed.GetRawText(), logs, (await tenant.Rest.GetAsync("/executions")).GetRawText() })
        {
            text.ShouldNotContain("s3cret");
            text.ShouldNotContain("Value%2B");
            text.ShouldNotContain("Value+");
        }
    }

    [Fact(Timeout = Minute)]
    public async Task What_a_script_below_was_given_is_masked_above_and_the_other_way_round()
    {
        var tenant = await TenantAsync();
        var child = await tenant.ScriptAsync("const key = await sdk.secrets.get('crm'); return {key, given: context.input};");

        var above = await tenant.RunAsync($"return await sdk.scripts.invoke('{child}', 1);");
        var below = await tenant.RunAsync($"const key = await sdk.secrets.get('crm'); return (await sdk.scripts.invoke('{child}', key)).given === key;");

        above.GetProperty("output").GetRawText().ShouldBe("""{"key":"***","given":1}""");
        below.GetProperty("output").GetRawText().ShouldBe("true");
        foreach (var item in (await tenant.Rest.GetAsync($"/executions?script={child}")).GetProperty("items").EnumerateArray())
            (await tenant.Rest.GetAsync($"/executions/{item.GetProperty("id").GetString()}")).GetRawText().ShouldNotContain("s3cret");
    }

    [Fact(Timeout = Minute)]
    public async Task An_endpoint_answers_with_the_value_and_its_record_does_not()
    {
        var tenant = await TenantAsync();
        await tenant.Rest.CreateEndpointAsync("answers", "/key", "return sdk.respond(200, await sdk.secrets.get('crm'));");

        using var answer = await tenant.Rest.CallAsync("/key");

        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe(Value);
        var id = answer.Headers.GetValues("X-Execution-Id").Single();
        (await tenant.Rest.GetAsync($"/executions/{id}")).GetProperty("output").GetProperty("body").GetString().ShouldBe("***");
    }

    private async Task<SdkTenant> TenantAsync()
    {
        var tenant = await SdkTenant.NewAsync(fixture.Product);
        (await tenant.Rest.SendAsync(HttpMethod.Put, "/secrets/crm", new JsonObject { ["value"] = Value })).EnsureSuccessStatusCode().Dispose();
        return tenant;
    }
}
