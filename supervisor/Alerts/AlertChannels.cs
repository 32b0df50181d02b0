using System.Security.Cryptography;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Secrets;

namespace Sandbox.Supervisor.Alerts;

/// <summary>Encrypts what a channel keeps to itself, and opens it to send. Each opens for its own tenant, channel and purpose alone.</summary>
internal sealed class AlertChannels(AlertChannelStore store, SecretCipher cipher)
{
    public byte[]? SealUrl(Guid tenantId, string name, string? url) => url is null ? null : cipher.Encrypt(tenantId, UrlPurpose(name), url);

    public byte[]? SealSecret(Guid tenantId, string name, string? secret) => secret is null ? null : cipher.Encrypt(tenantId, SecretPurpose(name), secret);

    /// <summary>Null where there is none.</summary>
    /// <exception cref="CryptographicException">It was changed in the database, or its key is gone.</exception>
    public async Task<OpenChannel?> OpenAsync(Guid tenantId, string name, CancellationToken cancellationToken)
    {
        if (await store.GetAsync(tenantId, name, cancellationToken) is not var (channel, url, secret)) return null;
        return new OpenChannel(
            channel,
            url is null ? null : cipher.Decrypt(tenantId, UrlPurpose(name), url),
            secret is null ? null : cipher.Decrypt(tenantId, SecretPurpose(name), secret));
    }

    // No secret of a tenant can be called so.
    private static string UrlPurpose(string name) => $"alert channel: url of {name}";

    private static string SecretPurpose(string name) => $"alert channel: secret of {name}";
}
