using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Hosting.Demo;

/// <summary>
/// What the demo's scripts need beside the data: settings for e-mail, a connection, and the signing secret of a webhook. The hosts are
/// reserved for examples, so no real server is called.
/// </summary>
internal sealed class DemoSettings(IEmailSettings email, IConnections connections, ISecrets secrets, ILogger<DemoSettings> logger)
{
    /// <summary>Signs the demo's calls in the name of Stripe, as the header of the example shows.</summary>
    public const string StripeSecret = "demo-stripe-secret";

    public async Task MakeAsync(Principal principal, CancellationToken cancellationToken)
    {
        Log("the settings for e-mail", (await email.PutAsync(principal, Smtp, cancellationToken)).Problem);
        Log("the connection accounting", (await connections.PutAsync(principal, "accounting", Accounting, cancellationToken)).Problem);
        Log("the secret stripe-webhook", (await secrets.PutAsync(principal, "stripe-webhook", StripeSecret, cancellationToken)).Problem);
    }

    private static EmailSettingsWrite Smtp { get; } =
        new() { Host = "smtp.example.com", Port = 587, FromAddress = "shop@example.com", FromName = "Demo shop" };

    private static ConnectionWrite Accounting { get; } =
        new() { Type = ConnectionType.Header, Hosts = ["api.accounting.example.com"], Header = "X-Api-Key", Value = "demo-accounting-key" };

    private void Log(string what, Problem? problem)
    {
        if (problem is not null) DemoLog.SettingRefused(logger, what, problem.Detail);
    }
}
