using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Changes;
using Sandbox.Supervisor.Secrets;

namespace Sandbox.Supervisor.Connections;

/// <summary>Writes connections, and says which there are.</summary>
internal sealed class ConnectionService(ConnectionStore store, ConnectionCipher cipher, ChangesFeed changes) : IConnections
{
    public async Task<Result<Page<Connection>>> ListAsync(Principal principal, PageRequest page, CancellationToken cancellationToken)
    {
        var tenant = principal.Enter(Permissions.SecretsManage);
        return tenant.Problem is { } refused ? refused : await store.ListAsync(tenant.Value, page, cancellationToken);
    }

    public async Task<Result<Connection>> GetAsync(Principal principal, string name, CancellationToken cancellationToken)
    {
        var tenant = principal.Enter(Permissions.SecretsManage);
        if (tenant.Problem is { } refused) return refused;
        return await store.GetAsync(tenant.Value, name, cancellationToken) is var (connection, _) ? connection : Missing(name);
    }

    public async Task<Result<ConnectionWritten>> PutAsync(
        Principal principal, string name, ConnectionWrite write, CancellationToken cancellationToken)
    {
        var tenant = principal.Enter(Permissions.SecretsManage);
        if (tenant.Problem is { } refused) return refused;
        var read = ConnectionRules.Read(name, write);
        if (read.Problem is { } invalid) return invalid;
        var (given, secret) = read.Value;
        var encrypted = cipher.Encrypt(tenant.Value, given, secret);
        if (await store.PutAsync(tenant.Value, given, encrypted, principal.Name, cancellationToken) is not var (connection, isNew))
        {
            return new Problem(
                409,
                Codes.QuotaExceeded,
                $"The tenant has {ConnectionStore.CountMax} connections, the most there may be; delete one that is no longer used.");
        }

        await changes.CatchUpAfterWriteAsync(cancellationToken);
        var warnings = SecretRules.Warnings(secret, ConnectionRules.SecretField(given.Type));
        return new ConnectionWritten(connection with { Warnings = warnings }, isNew);
    }

    public async Task<Result<bool>> DeleteAsync(Principal principal, string name, CancellationToken cancellationToken)
    {
        var tenant = principal.Enter(Permissions.SecretsManage);
        if (tenant.Problem is { } refused) return refused;
        if (!await store.DeleteAsync(tenant.Value, name, cancellationToken)) return Missing(name);
        await changes.CatchUpAfterWriteAsync(cancellationToken);
        return true;
    }

    private static Problem Missing(string name) => Problem.NotFound($"There is no connection '{name}'.");
}
