using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.People;

/// <summary>Turns a new person's link into a password.</summary>
internal sealed class Welcome(PersonStore store, Passwords passwords, TimeProvider time) : IWelcome
{
    private static readonly Problem s_gone = new(410, Codes.NotFound, "This link is not valid, is older than 7 days, or was used before.");

    public Task<bool> IsOpenAsync(string code, CancellationToken cancellationToken) =>
        store.HasLinkAsync(LinkCode.HashOf(code), time.GetUtcNow(), cancellationToken);

    public async Task<Problem?> UseAsync(string code, string password, CancellationToken cancellationToken)
    {
        if (!await IsOpenAsync(code, cancellationToken)) return s_gone;
        if (PersonRules.PasswordComplaint(password) is { } complaint) return Problem.Invalid(new FieldError("password", complaint));
        var hash = await passwords.HashAsync(password, cancellationToken);
        return await store.UseLinkAsync(LinkCode.HashOf(code), time.GetUtcNow(), hash, cancellationToken) ? null : s_gone;
    }
}
