using System.Globalization;
using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.People;

/// <summary>Counts guesses of a person's password or code, whichever, against the one lockout.</summary>
internal sealed class Guesses(PersonStore store, TimeProvider time)
{
    /// <summary>Null where it is right; 422 for the field, or 429 where the account is locked, and then nothing is looked at.</summary>
    public async Task<Problem?> RefusalAsync(Guid id, FieldError wrong, Func<Task<bool>> isRight, CancellationToken cancellationToken) =>
        (await JudgeAsync(id, Problem.Invalid(wrong), isRight, cancellationToken)).Refusal;

    /// <summary>Refused with the problem where it is wrong, with 429 where the account is locked, and then nothing is looked at.</summary>
    public async Task<Guess> JudgeAsync(Guid id, Problem wrong, Func<Task<bool>> isRight, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var attempt = await store.CountAttemptAsync(id, now, cancellationToken);
        if (!attempt.IsAdmitted) return new Guess(Locked(attempt.LockedUntil ?? now, now), Locks: false);
        if (!await isRight())
        {
            return attempt.LockedUntil is { } until ? new Guess(Locked(until, now), Locks: true) : new Guess(wrong, Locks: false);
        }

        await store.TakeBackAttemptAsync(id, cancellationToken);
        return default;
    }

    public static Problem Locked(DateTimeOffset until, DateTimeOffset now) =>
        new(
            429,
            Codes.RateLimit,
            string.Create(
                CultureInfo.InvariantCulture,
                $"There were too many wrong passwords or codes. Try again after {until.UtcDateTime:HH:mm:ss} UTC."))
        {
            RetryAfterSeconds = Math.Max(1, (int)Math.Ceiling((until - now).TotalSeconds)),
        };
}
