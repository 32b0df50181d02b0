namespace Sandbox.Supervisor.Scripts;

/// <summary>Secrets that a trigger names.</summary>
internal interface ISecretLookup
{
    /// <summary>The decrypted value; null where the tenant has no such secret.</summary>
    ValueTask<string?> GetAsync(Guid tenantId, string name, CancellationToken cancellationToken);
}
