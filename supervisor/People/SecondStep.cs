using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.People;

/// <summary>The second step of the sign-in: a code of whoever gave the right password. Wrong codes count as wrong passwords do.</summary>
internal sealed class SecondStep(SignInTickets tickets, SecondFactor factor, Guesses guesses, SignInTrail trail, PersonStore people)
{
    private static readonly Problem s_wrong = new(401, Codes.Unauthorized, "The code is wrong, or was used before.");
    private static readonly Problem s_over = new(410, Codes.NotFound, "The time for the code is over. Sign in again.");

    public Task BeginAsync(HttpContext context, Guid personId, CancellationToken cancellationToken) =>
        tickets.StartAsync(context, personId, cancellationToken);

    public Task<bool> IsOpenAsync(HttpContext context, CancellationToken cancellationToken) =>
        tickets.IsOpenAsync(context, cancellationToken);

    /// <summary>The person, or why nobody is signed in: 401, 410, or 429 where the account is locked.</summary>
    public async Task<Result<SignInTicket>> ConfirmAsync(HttpContext context, string code, CancellationToken cancellationToken)
    {
        if (await tickets.TakeAttemptAsync(context, cancellationToken) is not { } ticket) return s_over;
        var used = UsedCode.None;
        var guess = await guesses.JudgeAsync(ticket.PersonId, s_wrong, TakesCodeAsync, cancellationToken);
        if (guess.Refusal is { } refused)
        {
            trail.Refused(context, ticket.PersonId, ticket.Email, refused, guess.Locks);
            return refused;
        }

        if (used == UsedCode.Recovery) await trail.DoneAsync(context, ticket.PersonId, ticket.Email, SignInTrail.RecoveryCode);
        if (!await tickets.UseAsync(context, cancellationToken)) return s_over;
        await people.ForgetAttemptsAsync(ticket.PersonId, cancellationToken);
        return ticket;

        async Task<bool> TakesCodeAsync() => (used = await factor.UseAsync(ticket.PersonId, code, cancellationToken)) != UsedCode.None;
    }
}
