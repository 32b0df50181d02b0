using BitFaster.Caching.Lru;

namespace Sandbox.Supervisor.People;

/// <summary>
/// Attempts with e-mails of nobody. They lock as those of an account do: an answer that differed would tell which accounts there are.
/// </summary>
internal sealed class StrangerAttempts(TimeProvider time)
{
    private const int StrangersMax = 10_000;
    private readonly ConcurrentLru<string, Stranger> _strangers = new(StrangersMax);

    public SignInAttempt Count(string email)
    {
        var stranger = _strangers.GetOrAdd(email, static _ => new Stranger());
        var now = time.GetUtcNow();
        lock (stranger)
        {
            if (stranger.LockedUntil > now) return new SignInAttempt(IsAdmitted: false, stranger.LockedUntil);
            stranger.Failures = (stranger.Failures % Lockout.Attempts) + 1;
            stranger.LockedUntil = stranger.Failures == Lockout.Attempts ? now + Lockout.Duration : null;
            return new SignInAttempt(IsAdmitted: true, stranger.LockedUntil);
        }
    }

    private sealed class Stranger
    {
        public int Failures { get; set; }
        public DateTimeOffset? LockedUntil { get; set; }
    }
}
