using Sandbox.Supervisor.Changes;
using Sandbox.Supervisor.Scripts;

namespace Sandbox.Supervisor.Secrets;

/// <summary>Values for scripts and triggers.</summary>
internal sealed class SecretValues(SecretStore store, SecretCipher cipher, TimeProvider time)
    : DecryptedValues<string>(ChangeKind.Secret, time), ISecretLookup
{
    protected override async Task<string?> ReadAsync(Guid tenantId, string name, CancellationToken cancellationToken) =>
        await store.CipherAsync(tenantId, name, cancellationToken) is { } encrypted ? cipher.Decrypt(tenantId, name, encrypted) : null;
}
