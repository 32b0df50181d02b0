using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Queue;

/// <summary>Encrypts a trigger that holds more than may be shown, such as the headers of a webhook, until its delivery is final.</summary>
internal sealed class TriggerSeal(IDataProtectionProvider protection)
{
    public byte[] Close(Guid tenantId, RawJson trigger) => Of(tenantId).Protect(Encoding.UTF8.GetBytes(trigger.Text));

    /// <exception cref="System.Security.Cryptography.CryptographicException">It is of another tenant, was changed, or its key is gone.</exception>
    public RawJson Open(Guid tenantId, byte[] cipher) => new(Encoding.UTF8.GetString(Of(tenantId).Unprotect(cipher)));

    private IDataProtector Of(Guid tenantId) => protection.CreateProtector("sandbox.queue", tenantId.ToString("D"));
}
