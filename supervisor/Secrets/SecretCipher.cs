using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;

namespace Sandbox.Supervisor.Secrets;

/// <summary>Encrypts values so that each opens under its own tenant and name alone.</summary>
internal sealed class SecretCipher(IDataProtectionProvider protection)
{
    private const string Purpose = "sandbox.secrets";

    public byte[] Encrypt(Guid tenantId, string name, string value) => Of(tenantId, name).Protect(Encoding.UTF8.GetBytes(value));

    /// <exception cref="CryptographicException">It belongs to another tenant or name, was changed, or its key is gone.</exception>
    public string Decrypt(Guid tenantId, string name, byte[] cipher) => Encoding.UTF8.GetString(Of(tenantId, name).Unprotect(cipher));

    /// <summary>Data Protection makes a key where it needs one and has none.</summary>
    public void MakeFirstKey() => protection.CreateProtector(Purpose).Protect([]);

    private IDataProtector Of(Guid tenantId, string name) => protection.CreateProtector(Purpose, tenantId.ToString("D"), name);
}
