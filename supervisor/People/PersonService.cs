using System.Net;
using System.Net.Sockets;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Limits;

namespace Sandbox.Supervisor.People;

/// <summary>Who an e-mail and a password stand for. Nothing in an answer tells whether there is such an account.</summary>
internal sealed class PersonService(PersonStore store, Passwords passwords, TimeProvider time)
{
    /// <summary>Attempts of one address in a minute.</summary>
    public const int AttemptsPerMinute = 30;

    private static readonly Problem s_wrong = new(401, Codes.Unauthorized, "The e-mail or the password is wrong.");
    private readonly MinuteRates<string> _rates = new(time);
    private readonly Guesses _guesses = new(store, time);
    private readonly StrangerAttempts _strangers = new(time);

    /// <summary>The person, or why it leads no further: 401, or 429 where the account is locked or the address tries too often.</summary>
    public async Task<PasswordStep> SignInAsync(string email, string password, IPAddress? address, CancellationToken cancellationToken)
    {
        if (_rates.Take(NetworkOf(address), AttemptsPerMinute) is { } seconds)
        {
            var detail = $"There were too many attempts from this address. Try again in {seconds} seconds.";
            return new PasswordStep { Problem = new Problem(429, Codes.RateLimit, detail) { RetryAfterSeconds = seconds } };
        }

        var normal = PersonRules.Normal(email);
        if (!PersonRules.CouldBe(normal, password)) return new PasswordStep { Problem = s_wrong };
        var person = await store.FindAsync(normal, cancellationToken);
        var now = time.GetUtcNow();
        var attempt = person is null ? _strangers.Count(normal) : await store.CountAttemptAsync(person.Id, now, cancellationToken);
        if (!attempt.IsAdmitted) return new PasswordStep { Person = person, Problem = Guesses.Locked(attempt.LockedUntil ?? now, now) };
        if (await passwords.VerifyAsync(person?.PasswordHash, password, cancellationToken) && person is { Disabled: false })
        {
            var needsCode = await store.PassedPasswordAsync(person.Id, cancellationToken);
            return new PasswordStep { Person = person, NeedsCode = needsCode };
        }

        return attempt.LockedUntil is { } until
            ? new PasswordStep { Person = person, Problem = Guesses.Locked(until, now), Locks = true }
            : new PasswordStep { Person = person, Problem = s_wrong };
    }

    /// <summary>
    /// Takes the current password as the sign-in does: whoever found an open browser must not be able to guess it. Ends all sessions but one.
    /// </summary>
    public async Task<Result<bool>> ChangePasswordAsync(
        Guid id, Guid? keptSession, string current, string password, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var attempt = await store.CountAttemptAsync(id, now, cancellationToken);
        if (!attempt.IsAdmitted) return Guesses.Locked(attempt.LockedUntil ?? now, now);
        if (current.Length <= Passwords.LengthMax
            && await store.PasswordHashAsync(id, cancellationToken) is { } old
            && await passwords.VerifyAsync(old, current, cancellationToken)
            && await store.ChangePasswordAsync(id, old, await passwords.HashAsync(password, cancellationToken), keptSession, cancellationToken))
        {
            return true;
        }

        return attempt.LockedUntil is { } until ? Guesses.Locked(until, now) : Problem.Invalid(new FieldError("current", "is not the password"));
    }

    /// <summary>Null where this is the person's password; 422 for <c>password</c>, or 429 as at the sign-in.</summary>
    public Task<Problem?> PasswordRefusalAsync(Guid id, string? password, CancellationToken cancellationToken) => _guesses.RefusalAsync(
        id,
        new FieldError("password", "is not the password"),
        async () => password is { Length: > 0 and <= Passwords.LengthMax }
            && await store.PasswordHashAsync(id, cancellationToken) is { } hash
            && await passwords.VerifyAsync(hash, password, cancellationToken),
        cancellationToken);

    /// <summary>422 for fields that are not acceptable, 409 where the e-mail is taken; else null.</summary>
    public async Task<Problem?> RefusalAsync(string email, string name, string password, CancellationToken cancellationToken)
    {
        var normal = PersonRules.Normal(email);
        if (PersonRules.Refusal(normal, name, password) is { } refused) return refused;
        return await store.FindAsync(normal, cancellationToken) is null ? null : Taken();
    }

    /// <summary>Makes an account that may do everything.</summary>
    public async Task<Result<Guid>> CreateSuperadminAsync(string email, string name, string password, CancellationToken cancellationToken)
    {
        if (await RefusalAsync(email, name, password, cancellationToken) is { } refused) return refused;
        var id = Guid.CreateVersion7(time.GetUtcNow());
        var hash = await passwords.HashAsync(password, cancellationToken);
        return await store.InsertSuperadminAsync(id, PersonRules.Normal(email), name, hash, cancellationToken) ? id : Taken();
    }

    private static Problem Taken() =>
        new(409, Codes.Conflict, "There is an account with this e-mail already.") { Errors = [new FieldError("email", "is taken")] };

    /// <summary>Of IPv6 the first half: one subscriber has all of the other.</summary>
    private static string NetworkOf(IPAddress? address) =>
        address is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false }
            ? Convert.ToHexStringLower(address.GetAddressBytes().AsSpan(0, 8))
            : address?.ToString() ?? "";
}
