using System.Text.Json.Serialization;

namespace Sandbox.Supervisor.Scripts;

/// <summary>Whose rules a webhook's signature follows. All of them are HMAC-SHA256.</summary>
internal enum WebhookProvider
{
    /// <summary><c>Stripe-Signature: t=…,v1=…</c> over <c>t.body</c>.</summary>
    [JsonStringEnumMemberName("stripe")] Stripe,

    /// <summary><c>X-Hub-Signature-256: sha256=…</c> over the body.</summary>
    [JsonStringEnumMemberName("github")] GitHub,

    /// <summary><c>X-Slack-Signature: v0=…</c> over <c>v0:timestamp:body</c>.</summary>
    [JsonStringEnumMemberName("slack")] Slack,

    /// <summary>Standard Webhooks: <c>webhook-signature: v1,…</c> over <c>id.timestamp.body</c>.</summary>
    [JsonStringEnumMemberName("standard")] Standard,

    /// <summary><c>X-Hub-Signature-256: sha256=…</c> over the body, and a handshake by GET.</summary>
    [JsonStringEnumMemberName("meta")] Meta,
}
