using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Egress;
using Sandbox.Supervisor.Rest;
using Sandbox.Supervisor.Scripts;
using Sandbox.Supervisor.Tenants;

namespace Sandbox.Supervisor.Alerts;

/// <summary>Posts a message to Slack or a webhook, over the one checked way out. Redirects are not followed.</summary>
internal sealed class AlertPost(EgressClients clients, TimeProvider time)
{
    /// <summary>Null where it was taken; else why not, safe to show to the tenant: without the URL and the answer's words.</summary>
    public async Task<string?> SendAsync(OpenChannel channel, Tenant tenant, AlertBody body, string json, CancellationToken cancellationToken)
    {
        var url = new Uri(channel.Url!);
        if (UrlHost.Parse(url.Host) is not { } host) return "the channel's URL names no host that can be called";
        var policy = new EgressPolicy(tenant.Id, tenant.Egress);
        if (policy.Refusal(host, url.Port, EgressPorts.IsWeb) is { } refusal) return refusal;
        using var message = new HttpRequestMessage(HttpMethod.Post, url);
        message.Headers.TryAddWithoutValidation("User-Agent", "Sandbox/1");
        if (channel.Channel.Type == AlertChannelType.Webhook)
        {
            var bytes = Encoding.UTF8.GetBytes(json);
            Sign(message, channel.Secret!, body.Id, bytes);
            message.Content = Json(bytes);
        }
        else
        {
            message.Content = Json(JsonSerializer.SerializeToUtf8Bytes(new SlackMessage(AlertText.Slack(body)), AlertsJson.Default.SlackMessage));
        }

        try
        {
            using var response = await clients.Of(tenant.Id, tenant.UpdatedAt, policy).SendAsync(message, cancellationToken);
            return response.IsSuccessStatusCode ? null : string.Create(CultureInfo.InvariantCulture, $"{url.Host} answered with the status {(int)response.StatusCode}");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or EgressRefusedException or InvalidDataException)
        {
            return EgressFailures.Of(e, url.Host).Message;
        }
    }

    /// <summary>As Standard Webhooks say: the same id for each attempt, a new time.</summary>
    private void Sign(HttpRequestMessage message, string secret, Guid id, byte[] body)
    {
        var at = time.GetUtcNow().ToUnixTimeSeconds();
        if (!StandardKey.TryRead(secret, out var key)) throw new CryptographicException("The channel's secret cannot be read.");
        var signed = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"msg_{id:N}.{at}."));
        var signature = Convert.ToBase64String(HMACSHA256.HashData(key, (byte[])[.. signed, .. body]));
        message.Headers.TryAddWithoutValidation("webhook-id", $"msg_{id:N}");
        message.Headers.TryAddWithoutValidation("webhook-timestamp", at.ToString(CultureInfo.InvariantCulture));
        message.Headers.TryAddWithoutValidation("webhook-signature", $"v1,{signature}");
    }

    private static ByteArrayContent Json(byte[] bytes)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        return content;
    }
}
