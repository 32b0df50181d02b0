using System.Security.Cryptography;
using System.Text;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.People;

/// <summary>The ticket that a browser holds between its password and its code.</summary>
internal sealed class SignInTickets(TicketStore store, TimeProvider time)
{
    /// <summary>Codes that are tried with one ticket.</summary>
    public const int AttemptsMax = 5;

    private const int SecretBytes = 32;
    private static readonly TimeSpan s_life = TimeSpan.FromMinutes(5);

    public async Task StartAsync(HttpContext context, Guid personId, CancellationToken cancellationToken)
    {
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes));
        var now = time.GetUtcNow();
        await store.InsertAsync(HashOf(secret), personId, now, now + s_life, cancellationToken);
        PageCookie.WriteTicket(context, secret, s_life);
    }

    public async Task<bool> IsOpenAsync(HttpContext context, CancellationToken cancellationToken) =>
        PageCookie.ReadTicket(context) is { } secret
        && await store.ExistsAsync(HashOf(secret), time.GetUtcNow(), AttemptsMax, cancellationToken);

    /// <summary>Counts an attempt. Null where the browser has no ticket that holds.</summary>
    public async Task<SignInTicket?> TakeAttemptAsync(HttpContext context, CancellationToken cancellationToken) =>
        PageCookie.ReadTicket(context) is { } secret
            ? await store.TakeAttemptAsync(HashOf(secret), time.GetUtcNow(), AttemptsMax, cancellationToken)
            : null;

    /// <summary>False where it was used or ended meanwhile.</summary>
    public async Task<bool> UseAsync(HttpContext context, CancellationToken cancellationToken)
    {
        PageCookie.DeleteTicket(context);
        return PageCookie.ReadTicket(context) is { } secret && await store.DeleteAsync(HashOf(secret), cancellationToken);
    }

    private static byte[] HashOf(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
