namespace Sandbox.Protocol.Api;

/// <summary>Signs the browser of one request in. The supervisor puts it among the features of a request for an open page.</summary>
public interface ISignIn
{
    /// <summary>Starts a session for the owner of the token. The session's cookie goes out with the answer.</summary>
    /// <param name="bearer">The value of a bearer token (<c>sbx_…</c>).</param>
    /// <returns>False, and no session, where the token is not valid.</returns>
    ValueTask<bool> SignInAsync(string bearer, CancellationToken cancellationToken);

    /// <summary>
    /// Starts a session for the person, or the second step of the sign-in. The cookie of either goes out with the answer.
    /// </summary>
    /// <returns>How far it led, or why nobody was signed in: 401 for a wrong e-mail or password, 429 for too many attempts.</returns>
    Task<Result<SignInStep>> SignInAsync(string email, string password, CancellationToken cancellationToken);

    /// <summary>Whether this browser gave the right password within the last 5 minutes, and its code is awaited.</summary>
    Task<bool> AwaitsCodeAsync(CancellationToken cancellationToken);

    /// <summary>Starts a session for whoever gave the right password before. The session's cookie goes out with the answer.</summary>
    /// <param name="code">Of the authenticator app, or a recovery code.</param>
    /// <returns>
    /// Null, or why nobody was signed in: 401 for a wrong code, 429 for too many attempts, 410 where no code is awaited any more.
    /// </returns>
    Task<Problem?> ConfirmAsync(string code, CancellationToken cancellationToken);
}
