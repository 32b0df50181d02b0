using System.Buffers;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.People;

/// <summary>
/// Sessions of browsers. Each request reads its session anew with its person or token, so that whoever is disabled, removed or revoked is out
/// at once, on every node.
/// </summary>
internal sealed class PageSessions(
    SessionStore store, ITokens tokens, PersonService people, SecondStep second, SignInTrail trail, TimeProvider time) : IPageSessions
{
    private const int SecretBytes = 32;
    private const int SecretLength = SecretBytes * 2;
    private const int UserAgentMax = 300;

    /// <summary>How long a session lasts that nobody uses: neither opens a page nor changes anything.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromHours(12);

    /// <summary>How long a session lasts at most.</summary>
    private static readonly TimeSpan s_life = TimeSpan.FromDays(7);

    /// <summary>A use is written down no more often.</summary>
    private static readonly TimeSpan s_seenEvery = TimeSpan.FromMinutes(1);

    private static readonly SearchValues<char> s_hex = SearchValues.Create("0123456789abcdef");

    public ISignIn SignInOf(HttpContext context) => new BrowserSignIn(context, tokens, people, second, trail, this);

    public async ValueTask<Principal?> PrincipalAsync(HttpContext context, string tenantSlug)
    {
        if (HashOf(PageCookie.Read(context)) is not { } hash) return null;
        var now = time.GetUtcNow();
        if (await store.FindAsync(hash, now, now - Idle, context.RequestAborted) is not { } session) return null;
        if (now - new DateTimeOffset(session.LastSeenAt) >= s_seenEvery && IsUse(context.Request)) await store.SeenAsync(session.Id, now, context.RequestAborted);
        context.Features.Set(new SignedInBy(session.Id));
        return session.PersonId is { } person ? await PersonAsync(context, person, session, tenantSlug) : TokenOf(session);
    }

    /// <summary>A page that is left open asks by itself what is new: that is nobody's use. A browser says what a request is for, and no script can say it otherwise.</summary>
    private static bool IsUse(HttpRequest request) => !HttpMethods.IsGet(request.Method) || request.Headers["Sec-Fetch-Dest"] != "empty";

    /// <summary>Starts a session for whoever was just signed in; one that this browser had ends.</summary>
    public async Task StartAsync(HttpContext context, Guid? personId, Guid? tokenId, CancellationToken cancellationToken)
    {
        if (HashOf(PageCookie.Read(context)) is { } old) await store.DeleteAsync(old, cancellationToken);
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes));
        var now = time.GetUtcNow();
        var agent = context.Request.Headers.UserAgent.ToString();
        var session = new NewSession(
            Guid.CreateVersion7(now),
            personId,
            tokenId,
            HashOf(secret)!,
            now,
            now + s_life,
            agent.Length == 0 ? null : agent[..Math.Min(agent.Length, UserAgentMax)],
            context.Connection.RemoteIpAddress?.ToString());
        await store.InsertAsync(session, now - Idle, cancellationToken);
        PageCookie.Write(context, secret, s_life);
    }

    public async Task EndAsync(HttpContext context)
    {
        if (HashOf(PageCookie.Read(context)) is { } hash) await store.DeleteAsync(hash, context.RequestAborted);
        PageCookie.Delete(context);
    }

    private static byte[]? HashOf(string? secret) =>
        secret is { Length: SecretLength } && !secret.AsSpan().ContainsAnyExcept(s_hex) ? SHA256.HashData(Encoding.ASCII.GetBytes(secret)) : null;

    private static Principal TokenOf(StoredSession session) => new(
        PrincipalKind.Token,
        session.TokenId!.Value,
        StoredText.Decode(session.TokenName)!,
        session.TokenTenantId,
        session.TokenTenantId is null,
        session.TokenTenantId is null ? Roles.All[Roles.Superadmin] : session.TokenPermissions!.ToFrozenSet(StringComparer.Ordinal));

    /// <summary>In the tenant that is named, else in the first. One who is no member of it may do nothing; one of no tenant has no session.</summary>
    private async Task<Principal?> PersonAsync(HttpContext context, Guid id, StoredSession session, string tenantSlug)
    {
        if (session.Superadmin) return new Principal(PrincipalKind.Member, id, session.Email!, null, Superadmin: true, Roles.All[Roles.Superadmin]);
        var memberships = await store.MembershipsAsync(id, context.RequestAborted);
        if (memberships.Count == 0) return null;
        if (memberships.Count > 1) context.Features.Set(ChoicesOf(memberships));
        var acting = tenantSlug.Length == 0 ? memberships[0] : memberships.FirstOrDefault(membership => membership.Slug == tenantSlug);
        return new Principal(
            PrincipalKind.Member,
            id,
            session.Email!,
            acting?.TenantId,
            Superadmin: false,
            acting is null ? FrozenSet<string>.Empty : Roles.All[acting.Role]);
    }

    private static TenantChoices ChoicesOf(IEnumerable<Membership> memberships) => new(
        [
            .. memberships
                .Select(one => new TenantChoice(one.Slug, StoredText.Decode(one.Name)!, Roles.All[one.Role]))
                .OrderBy(choice => choice.Name, StringComparer.OrdinalIgnoreCase),
        ],
        HasAll: false);
}
