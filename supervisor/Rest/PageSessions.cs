using System.Collections.Concurrent;
using System.Security.Cryptography;
using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Rest;

/// <summary>
/// Who may see the admin pages: a browser that signed in with a token, for eight hours or until the supervisor stops. Each request authenticates that token
/// anew, so a revoked one ends its sessions. The cookie holds a random name of the session, never the token.
/// </summary>
internal sealed class PageSessions(ITokens tokens, TimeProvider time)
{
    private const string Plain = "sandbox_admin";
    private const string Secure = "__Host-sandbox_admin";
    private const int SessionsMax = 1_000;
    private static readonly TimeSpan s_life = TimeSpan.FromHours(8);
    private readonly ConcurrentDictionary<string, Session> _sessions = new(StringComparer.Ordinal);

    /// <summary>Our own cookies, which no script sees or sets.</summary>
    public static bool IsOurs(string cookieName) =>
        cookieName.Equals(Plain, StringComparison.OrdinalIgnoreCase) || cookieName.Equals(Secure, StringComparison.OrdinalIgnoreCase);

    public async ValueTask<Principal?> PrincipalAsync(HttpContext context)
    {
        var name = context.Request.Cookies[NameFor(context)];
        if (name is null || !_sessions.TryGetValue(name, out var session)) return null;
        if (session.Until > time.GetUtcNow()) return await tokens.AuthenticateAsync(session.Bearer, context.RequestAborted);
        _sessions.TryRemove(name, out _);
        return null;
    }

    /// <summary>Starts a session for whoever just presented this token.</summary>
    public void Start(HttpContext context, string bearer)
    {
        var now = time.GetUtcNow();
        foreach (var (old, session) in _sessions)
        {
            if (session.Until <= now) _sessions.TryRemove(old, out _);
        }

        if (_sessions.Count >= SessionsMax && _sessions.MinBy(pair => pair.Value.Until).Key is { } oldest) _sessions.TryRemove(oldest, out _);
        var name = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        _sessions[name] = new Session(bearer, now + s_life);
        context.Response.Cookies.Append(NameFor(context), name, Options(context, s_life));
    }

    public void End(HttpContext context)
    {
        if (context.Request.Cookies[NameFor(context)] is { } name) _sessions.TryRemove(name, out _);
        context.Response.Cookies.Delete(NameFor(context), Options(context, null));
    }

    private static string NameFor(HttpContext context) => context.Request.IsHttps ? Secure : Plain;

    private static CookieOptions Options(HttpContext context, TimeSpan? life) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = context.Request.IsHttps,
        Path = "/",
        MaxAge = life,
    };

    private sealed record Session(string Bearer, DateTimeOffset Until);
}
