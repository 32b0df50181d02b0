using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Sandbox.Supervisor.People;

/// <summary>Encrypts secrets of authenticator apps so that each opens for its own person alone.</summary>
internal sealed class TotpCipher(IDataProtectionProvider protection)
{
    public byte[] Encrypt(Guid personId, byte[] secret) => Of(personId).Protect(secret);

    /// <exception cref="CryptographicException">It belongs to another person, was changed, or its key is gone.</exception>
    public byte[] Decrypt(Guid personId, byte[] cipher) => Of(personId).Unprotect(cipher);

    private IDataProtector Of(Guid personId) => protection.CreateProtector("sandbox.totp", personId.ToString("D"));
}
