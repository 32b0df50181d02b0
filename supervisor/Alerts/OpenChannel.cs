using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Alerts;

/// <summary>A channel with its secrets, ready to send. No record: those write out what they hold.</summary>
internal sealed class OpenChannel(AlertChannel channel, string? url, string? secret)
{
    public AlertChannel Channel => channel;

    /// <summary>Of Slack and webhooks.</summary>
    public string? Url => url;

    /// <summary>Of webhooks: what they are signed with.</summary>
    public string? Secret => secret;
}
