using System.Security.Cryptography;
using System.Text.Json;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Tenants;

namespace Sandbox.Supervisor.Alerts;

/// <summary>Sends a message to one channel, whatever its type.</summary>
internal sealed class AlertSender(AlertChannels channels, AlertMail mail, AlertPost post, TenantDirectory tenants)
{
    private static readonly TimeSpan s_time = TimeSpan.FromSeconds(30);

    /// <summary>Null where it was taken; else why not, and whether to try again is of use.</summary>
    public async Task<(string Error, bool Again)?> SendAsync(Guid tenantId, string name, string json, CancellationToken cancellationToken)
    {
        if (tenants.ById(tenantId) is not { } tenant) return ("the tenant is not known here yet", true);
        try
        {
            if (await channels.OpenAsync(tenantId, name, cancellationToken) is not { } channel) return ("the channel was deleted", false);
            var error = await SendAsync(channel, tenant, json, cancellationToken);
            AlertsMetrics.Delivered(channel.Channel.Type, error is null ? "sent" : "refused");
            return error is null ? null : (error, true);
        }
        catch (CryptographicException)
        {
            return ("what the channel keeps cannot be opened: its key is gone, or it was changed in the database; write the channel again", false);
        }
    }

    private async Task<string?> SendAsync(OpenChannel channel, Tenant tenant, string json, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_time);
        var body = JsonSerializer.Deserialize(json, AlertsJson.Default.AlertBody)!;
        try
        {
            return channel.Channel.Type == AlertChannelType.Email
                ? await mail.SendAsync(channel, tenant, body, limit.Token)
                : await post.SendAsync(channel, tenant, body, json, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"{channel.Channel.Host ?? "the server"} has not answered within {s_time.TotalSeconds} s";
        }
    }
}
