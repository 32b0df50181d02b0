namespace Sandbox.Protocol.Api;

/// <summary>The one-time link by which a new person sets a password.</summary>
public interface IWelcome
{
    /// <summary>Whether the link with this code still works. Asking does not use it up.</summary>
    Task<bool> IsOpenAsync(string code, CancellationToken cancellationToken);

    /// <summary>Sets the password and uses the link up.</summary>
    /// <returns>Null, or why not: 410 where the link does not work, 422, and the link still works, where the password is not acceptable.</returns>
    Task<Problem?> UseAsync(string code, string password, CancellationToken cancellationToken);
}
