using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Connections;

/// <summary>
/// Encrypts the secrets of connections. Each opens under its own tenant, name, hosts and token URL alone: a row that is
/// changed in the database to send the secret elsewhere does not open.
/// </summary>
internal sealed class ConnectionCipher(IDataProtectionProvider protection)
{
    private const string Purpose = "sandbox.connections";

    public byte[] Encrypt(Guid tenantId, Connection connection, string secret) =>
        Of(tenantId, connection).Protect(Encoding.UTF8.GetBytes(secret));

    /// <exception cref="CryptographicException">It belongs to another connection, was changed, or its key is gone.</exception>
    public string Decrypt(Guid tenantId, Connection connection, byte[] cipher) =>
        Encoding.UTF8.GetString(Of(tenantId, connection).Unprotect(cipher));

    private IDataProtector Of(Guid tenantId, Connection connection) => protection.CreateProtector(
        Purpose, tenantId.ToString("D"), connection.Name, string.Join(' ', connection.Hosts), connection.TokenUrl ?? "");
}
