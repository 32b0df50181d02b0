using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.People;

/// <summary>What concerns the principal itself: rules before the stores.</summary>
internal sealed class AccountService(PersonStore people, SessionStore sessions, PersonService persons, TimeProvider time) : IAccounts
{
    private static readonly Problem s_none = Problem.NotFound("A token has no account.");

    public async Task<Result<Account>> GetAsync(Principal principal, CancellationToken cancellationToken) =>
        principal.Kind == PrincipalKind.Member && await people.GetAsync(principal.Id, cancellationToken) is { } account ? account : s_none;

    public async Task<Result<Page<OwnSession>>> SessionsAsync(
        Principal principal, SignedInBy? current, PageRequest page, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var usedAfter = now - PageSessions.Idle;
        return await sessions.ListAsync(SessionOwner.Of(principal), current?.SessionId, now, usedAfter, page, cancellationToken);
    }

    public async Task<Result<bool>> EndSessionAsync(Principal principal, Guid id, CancellationToken cancellationToken) =>
        await sessions.EndAsync(SessionOwner.Of(principal), id, cancellationToken) ? true : Problem.NotFound($"You have no session {id}.");

    public async Task<Result<bool>> ChangePasswordAsync(
        Principal principal, SignedInBy? current, PasswordChange change, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        if (string.IsNullOrEmpty(change.Current)) errors.Add(new FieldError("current", "must be the password that holds now"));
        if (PersonRules.PasswordComplaint(change.Password ?? "") is { } complaint) errors.Add(new FieldError("password", complaint));
        if (errors.Count > 0) return Problem.Invalid([.. errors]);
        return principal.Kind == PrincipalKind.Member
            ? await persons.ChangePasswordAsync(principal.Id, current?.SessionId, change.Current!, change.Password!, cancellationToken)
            : s_none;
    }
}
