namespace Sandbox.Supervisor.Hosting.Demo;

/// <summary>Lines for a shell that call the demo's scripts. What would reach for the outside is a dry run.</summary>
internal static class DemoCalls
{
    /// <summary>The payment of the demo's order 1002, equal at every installation.</summary>
    private const string Payment = "9a209ba8-6e3d-9c12-75e8-640d2e75ab7e";

    public static IEnumerable<string> Lines(DemoUrls urls, DemoEnv env)
    {
        var scripts = $"{urls.Endpoints}/t/demo/api/scripts";
        yield return $"curl '{scripts}/hello?name=you'";
        yield return $"curl -H 'Authorization: Bearer {env.Token}' {scripts}/clients/1/orders";
        yield return Post(env, """{"item":"chair","quantity":2}""", $"{scripts}/orders");
        yield return Invoke(urls, env, "dynamic-price", """{"client_id":"1","lines":[{"sku":"P-001","quantity":12}]}""");
        yield return Stripe($"{scripts}/stripe");
        yield return Invoke(urls, env, "nightly-export?dry_run=true", """{"all":true}""");
        yield return Invoke(urls, env, "receipt-email?dry_run=true", $$"""{"payment_id":"{{Payment}}"}""");
        yield return Invoke(
            urls, env, "import-records?dry_run=true", """{"records":[{"full_name":"Alan Berg","mail":"Alan@Example.com","class":"G"}]}""");
        yield return $"curl -H 'Authorization: Bearer {env.Token}' '{urls.Admin}/api/v1/executions?limit=5'";
    }

    private static string Invoke(DemoUrls urls, DemoEnv env, string call, string input)
    {
        var parts = call.Split('?');
        var query = parts.Length == 1 ? "" : $"?{parts[1]}";
        return Post(env, $$"""{"input":{{input}}}""", $"'{urls.Admin}/api/v1/scripts/{parts[0]}/invoke{query}'");
    }

    private static string Post(DemoEnv env, string body, string url) =>
        $"curl -X POST -H 'Authorization: Bearer {env.Token}' -H 'Content-Type: application/json' -d '{body}' {url}";

    /// <summary>Signed as Stripe signs, at the moment of the call.</summary>
    private static string Stripe(string url)
    {
        const string body =
            """{"type":"customer.created","data":{"object":{"id":"cus_1","name":"Ada Miller","email":"ada@example.com"}}}""";
        const string sign = $"openssl dgst -sha256 -hmac {DemoSettings.StripeSecret} | sed 's/.* //'";
        return $"B='{body}'; T=$(date +%s); curl -X POST -H \"Stripe-Signature: t=$T,v1=$(printf %s \"$T.$B\" | {sign})\""
            + $" -H 'Content-Type: application/json' -d \"$B\" {url}";
    }
}
