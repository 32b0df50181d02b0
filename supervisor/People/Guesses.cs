using System.Globalization;
using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.People;

/// <summary>Counts guesses of a person's password or code, whichever, against the one lockout.</summary>
internal sealed class Guesses(PersonStore store, TimeProvider time)
{
    /// <summary>Null where it is right; 422 for the field, or 429 where the account is locked, and then nothing is looked at.</summary>
    public Task<Problem?> RefusalAsync(Guid id, FieldError wrong, Func<Task<bool>> isRight, CancellationToken cancellationToken) =>
        RefusalAsync(id, Problem.Invalid(wrong), isRight, cancellationToken);

    /// <inheritdoc cref="RefusalAsync(Guid, FieldError, Func{Task{bool}}, CancellationToken)"/>
    public async Task<Problem?> RefusalAsync(Guid id, Problem wrong, Func<Task<bool>> isRight, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var attempt = await store.CountAttemptAsync(id, now, cancellationToken);
        if (!attempt.IsAdmitted) return Locked(attempt.LockedUntil ?? now, now);
        if (!await isRight()) return attempt.LockedUntil is { } until ? Locked(until, now) : wrong;
        await store.TakeBackAttemptAsync(id, cancellationToken);
        return null;
    }

    public static Problem Locked(DateTimeOffset until, DateTimeOffset now) =>
        new(429, Codes.RateLimit, $"There were too many wrong passwords. Try again after {until.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture)} UTC.")
        {
            RetryAfterSeconds = Math.Max(1, (int)Math.Ceiling((until - now).TotalSeconds)),
        };
}
