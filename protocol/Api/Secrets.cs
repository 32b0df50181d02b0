namespace Sandbox.Protocol.Api;

/// <summary>A secret of a tenant, without its value: that is given to scripts alone (<c>sdk.secrets.get</c>).</summary>
/// <param name="Name"><c>[a-z][a-z0-9_-]{0,99}</c>.</param>
/// <param name="CreatedAt">When the name was first given a value.</param>
/// <param name="UpdatedAt">When it was given its present value.</param>
public sealed record Secret(string Name, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>A secret that was written.</summary>
/// <param name="Secret">As it is now.</param>
/// <param name="IsNew">There was none of this name.</param>
/// <param name="Warnings">What the writer should know of the value.</param>
public sealed record SecretWritten(Secret Secret, bool IsNew, IReadOnlyList<string> Warnings);

/// <summary>The secrets of a tenant. Every call asks for <see cref="Permissions.SecretsManage"/>; none gives a value back.</summary>
public interface ISecrets
{
    /// <summary>By name.</summary>
    Task<Result<Page<Secret>>> ListAsync(Principal principal, PageRequest page, CancellationToken cancellationToken);

    /// <summary>404 where there is none.</summary>
    Task<Result<Secret>> GetAsync(Principal principal, string name, CancellationToken cancellationToken);

    /// <summary>Makes the secret or replaces its value.</summary>
    /// <param name="principal">Who writes.</param>
    /// <param name="name">See <see cref="Secret.Name"/>.</param>
    /// <param name="value">1 to 16,384 bytes of UTF-8.</param>
    /// <param name="cancellationToken">The caller went away.</param>
    Task<Result<SecretWritten>> PutAsync(Principal principal, string name, string? value, CancellationToken cancellationToken);

    /// <summary>404 where there is none.</summary>
    Task<Result<bool>> DeleteAsync(Principal principal, string name, CancellationToken cancellationToken);
}
