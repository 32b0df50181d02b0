using BitFaster.Caching;
using BitFaster.Caching.Lru;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Egress;

namespace Sandbox.Supervisor.Connections;

/// <summary>
/// Tokens of connections, each kept until shortly before it ends. A connection's token is asked for by one request at a time;
/// all that need it wait for that.
/// </summary>
internal sealed class OAuthTokens(TokenRequests requests, TimeProvider time)
{
    private const int ConnectionsMax = 1_000;

    /// <summary>So long before its end a token is no longer used.</summary>
    private static readonly TimeSpan s_margin = TimeSpan.FromSeconds(30);

    // A written connection has another time, and so another slot.
    private readonly ICache<(Guid TenantId, string Name, DateTimeOffset UpdatedAt), Slot> _slots =
        new ConcurrentLruBuilder<(Guid TenantId, string Name, DateTimeOffset UpdatedAt), Slot>()
            .WithCapacity(ConnectionsMax)
            .WithExpireAfterAccess(TimeSpan.FromMinutes(10))
            .Build();

    /// <summary>The token, and whether it was got for an earlier request.</summary>
    /// <exception cref="EgressRefusedException">There is none to be had now.</exception>
    public async ValueTask<(string Token, bool IsCached)> GetAsync(OpenConnection open, Tenant tenant, CancellationToken cancellationToken)
    {
        var slot = SlotOf(open);
        Task<Token> fetching;
        lock (slot.Gate)
        {
            if (slot.Token is { } token && time.GetElapsedTime(token.Since) < token.Life) return (token.Text, true);
            // It goes on where the caller who began it goes away: others wait for it.
            fetching = slot.Fetching ??= Task.Run(() => FetchAsync(slot, open, tenant), CancellationToken.None);
        }

        return ((await fetching.WaitAsync(cancellationToken)).Text, false);
    }

    /// <summary>The server refuses this token, so it is not given out again.</summary>
    public void Drop(OpenConnection open, string token)
    {
        var slot = SlotOf(open);
        lock (slot.Gate)
        {
            if (slot.Token?.Text == token) slot.Token = null;
        }
    }

    private Slot SlotOf(OpenConnection open) =>
        _slots.GetOrAdd((open.TenantId, open.Connection.Name, open.Connection.UpdatedAt), static _ => new Slot());

    private async Task<Token> FetchAsync(Slot slot, OpenConnection open, Tenant tenant)
    {
        Token? token = null;
        try
        {
            var since = time.GetTimestamp();
            var (text, life) = await requests.SendAsync(open, tenant);
            return token = new Token(text, since, life - s_margin);
        }
        finally
        {
            lock (slot.Gate) (slot.Token, slot.Fetching) = (token, null);
        }
    }

    private sealed class Slot
    {
        public Lock Gate { get; } = new();

        public Token? Token { get; set; }

        public Task<Token>? Fetching { get; set; }
    }

    private sealed class Token(string text, long since, TimeSpan life)
    {
        public string Text { get; } = text;

        public long Since { get; } = since;

        public TimeSpan Life { get; } = life;
    }
}
