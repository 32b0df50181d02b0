using System.Text.Json.Serialization;

namespace Sandbox.Supervisor.Scripts;

/// <summary>How the requests of an endpoint with <see cref="HttpAuth.Webhook"/> are signed.</summary>
internal sealed record HttpWebhook
{
    /// <summary>Seconds from the request's timestamp, before or after it.</summary>
    public const int ToleranceDefault = 300;

    public WebhookProvider? Provider { get; set; }

    /// <summary>Name of the tenant's secret that holds the signing key.</summary>
    public string? Secret { get; set; }

    /// <summary>Seconds that a timestamp may be off, 1 to 3,600. GitHub and Meta sign no timestamp.</summary>
    [JsonPropertyName("tolerance")]
    public int ToleranceSeconds { get; set; } = ToleranceDefault;
}
