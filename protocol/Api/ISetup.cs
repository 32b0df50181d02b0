namespace Sandbox.Protocol.Api;

/// <summary>The one-time set-up link of the first start.</summary>
public interface ISetup
{
    /// <summary>Whether the link with this code still works. Asking does not use it up.</summary>
    bool IsOpen(string code);

    /// <summary>Uses the link up and makes a superadmin's token.</summary>
    /// <returns>The token's value (<c>sbx_…</c>), which cannot be read again; null where the link does not work.</returns>
    Task<string?> UseAsync(string code, CancellationToken cancellationToken);
}
