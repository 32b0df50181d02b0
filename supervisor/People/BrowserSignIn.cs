using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.People;

/// <summary>Signs the browser of one request in by a page session.</summary>
internal sealed class BrowserSignIn(HttpContext context, ITokens tokens, PersonService people, PageSessions sessions) : ISignIn
{
    public async ValueTask<bool> SignInAsync(string bearer, CancellationToken cancellationToken)
    {
        if (await tokens.AuthenticateAsync(bearer, cancellationToken) is not { } principal) return false;
        await sessions.StartAsync(context, personId: null, tokenId: principal.Id, cancellationToken);
        return true;
    }

    public async Task<Problem?> SignInAsync(string email, string password, CancellationToken cancellationToken)
    {
        var person = await people.SignInAsync(email, password, context.Connection.RemoteIpAddress, cancellationToken);
        if (person.Problem is { } problem) return problem;
        await sessions.StartAsync(context, person.Value, tokenId: null, cancellationToken);
        return null;
    }
}
