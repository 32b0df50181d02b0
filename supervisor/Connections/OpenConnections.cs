using Sandbox.Supervisor.Changes;
using Sandbox.Supervisor.Secrets;

namespace Sandbox.Supervisor.Connections;

/// <summary>Connections with their secrets.</summary>
internal sealed class OpenConnections(ConnectionStore store, ConnectionCipher cipher, TimeProvider time)
    : DecryptedValues<OpenConnection>(ChangeKind.Connection, time)
{
    protected override async Task<OpenConnection?> ReadAsync(Guid tenantId, string name, CancellationToken cancellationToken) =>
        await store.GetAsync(tenantId, name, cancellationToken) is var (connection, encrypted)
            ? new OpenConnection(tenantId, connection, cipher.Decrypt(tenantId, connection, encrypted))
            : null;
}
