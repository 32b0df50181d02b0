namespace Sandbox.Protocol.Api;

/// <summary>The one-time set-up link of the first start.</summary>
public interface ISetup
{
    /// <summary>Whether the link with this code still works. Asking does not use it up.</summary>
    bool IsOpen(string code);

    /// <summary>Uses the link up and makes a superadmin's token.</summary>
    /// <returns>The token's value (<c>sbx_…</c>), which cannot be read again; null where the link does not work.</returns>
    Task<string?> UseAsync(string code, CancellationToken cancellationToken);

    /// <summary>Uses the link up and makes a superadmin's account.</summary>
    /// <returns>
    /// Null where it was made; 410 where the link does not work; 409 or 422, and the link still works, where the fields are not acceptable.
    /// </returns>
    Task<Problem?> CreateAccountAsync(string code, string email, string name, string password, CancellationToken cancellationToken);
}
