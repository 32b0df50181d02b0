using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Changes;

namespace Sandbox.Supervisor.Secrets;

/// <summary>Writes secrets, and says which there are.</summary>
internal sealed class SecretService(SecretStore store, SecretCipher cipher, ChangesFeed changes) : ISecrets
{
    public async Task<Result<Page<Secret>>> ListAsync(Principal principal, PageRequest page, CancellationToken cancellationToken)
    {
        var tenant = principal.Enter(Permissions.SecretsManage);
        return tenant.Problem is { } refused ? refused : await store.ListAsync(tenant.Value, page, cancellationToken);
    }

    public async Task<Result<Secret>> GetAsync(Principal principal, string name, CancellationToken cancellationToken)
    {
        var tenant = principal.Enter(Permissions.SecretsManage);
        if (tenant.Problem is { } refused) return refused;
        return await store.GetAsync(tenant.Value, name, cancellationToken) is { } secret ? secret : Missing(name);
    }

    public async Task<Result<SecretWritten>> PutAsync(Principal principal, string name, string? value, CancellationToken cancellationToken)
    {
        var tenant = principal.Enter(Permissions.SecretsManage);
        if ((tenant.Problem ?? SecretRules.Refusal(name, value)) is { } refused) return refused;
        var encrypted = cipher.Encrypt(tenant.Value, name, value!);
        if (await store.PutAsync(tenant.Value, name, encrypted, principal.Name, cancellationToken) is not var (secret, isNew))
        {
            return new Problem(
                409,
                Codes.QuotaExceeded,
                $"The tenant has {SecretStore.CountMax} secrets, the most there may be; delete one that is no longer used.");
        }

        await changes.CatchUpAfterWriteAsync(cancellationToken);
        return new SecretWritten(secret, isNew, SecretRules.Warnings(value!));
    }

    public async Task<Result<bool>> DeleteAsync(Principal principal, string name, CancellationToken cancellationToken)
    {
        var tenant = principal.Enter(Permissions.SecretsManage);
        if (tenant.Problem is { } refused) return refused;
        if (!await store.DeleteAsync(tenant.Value, name, cancellationToken)) return Missing(name);
        await changes.CatchUpAfterWriteAsync(cancellationToken);
        return true;
    }

    private static Problem Missing(string name) => Problem.NotFound($"There is no secret '{name}'.");
}
