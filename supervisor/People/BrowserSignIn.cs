using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.People;

/// <summary>Signs the browser of one request in by a page session.</summary>
internal sealed class BrowserSignIn(
    HttpContext context, ITokens tokens, PersonService people, SecondStep second, SignInTrail trail, PageSessions sessions) : ISignIn
{
    public async ValueTask<bool> SignInAsync(string bearer, CancellationToken cancellationToken)
    {
        if (await tokens.AuthenticateAsync(bearer, cancellationToken) is not { } principal) return false;
        await sessions.StartAsync(context, personId: null, tokenId: principal.Id, cancellationToken);
        return true;
    }

    public async Task<Result<SignInStep>> SignInAsync(string email, string password, CancellationToken cancellationToken)
    {
        var step = await people.SignInAsync(email, password, context.Connection.RemoteIpAddress, cancellationToken);
        if (step.Problem is { } problem)
        {
            if (step.Person is { } known) trail.Refused(context, known.Id, known.Email, problem, step.Locks);
            return problem;
        }

        var person = step.Person!;
        if (step.NeedsCode)
        {
            await second.BeginAsync(context, person.Id, cancellationToken);
            return SignInStep.CodeAwaited;
        }

        await sessions.StartAsync(context, person.Id, tokenId: null, cancellationToken);
        await trail.DoneAsync(context, person.Id, person.Email, SignInTrail.SignIn);
        return SignInStep.SignedIn;
    }

    public Task<bool> AwaitsCodeAsync(CancellationToken cancellationToken) => second.IsOpenAsync(context, cancellationToken);

    public async Task<Problem?> ConfirmAsync(string code, CancellationToken cancellationToken)
    {
        var person = await second.ConfirmAsync(context, code, cancellationToken);
        if (person.Problem is { } problem) return problem;
        var ticket = person.Value!;
        await sessions.StartAsync(context, ticket.PersonId, tokenId: null, cancellationToken);
        await trail.DoneAsync(context, ticket.PersonId, ticket.Email, SignInTrail.SignIn);
        return null;
    }
}
