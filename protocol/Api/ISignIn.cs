namespace Sandbox.Protocol.Api;

/// <summary>Signs the browser of one request in. The supervisor puts it among the features of a request for an open page.</summary>
public interface ISignIn
{
    /// <summary>Starts a session for the owner of the token. The session's cookie goes out with the answer.</summary>
    /// <param name="bearer">The value of a bearer token (<c>sbx_…</c>).</param>
    /// <returns>False, and no session, where the token is not valid.</returns>
    ValueTask<bool> SignInAsync(string bearer, CancellationToken cancellationToken);

    /// <summary>Starts a session for the person. The session's cookie goes out with the answer.</summary>
    /// <returns>Null, or why nobody was signed in: 401 for a wrong e-mail or password, 429 for too many attempts.</returns>
    Task<Problem?> SignInAsync(string email, string password, CancellationToken cancellationToken);
}
