using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Rest;

/// <summary>Signs the browser of one request in by a page session.</summary>
internal sealed class BrowserSignIn(HttpContext context, ITokens tokens, PageSessions sessions) : ISignIn
{
    public async ValueTask<bool> SignInAsync(string bearer, CancellationToken cancellationToken)
    {
        if (await tokens.AuthenticateAsync(bearer, cancellationToken) is null) return false;
        sessions.Start(context, bearer);
        return true;
    }
}
