using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using BitFaster.Caching.Lru;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Changes;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Tenants;

/// <summary>Bearer tokens: 256 random bits behind <c>sbx_</c>, kept as their SHA-256; in memory from the first use until they change.</summary>
/// <param name="find">How a token is looked up by its hash; null: in the store.</param>
internal sealed class TokenService(TokenStore store, TenantDirectory tenants, TimeProvider time, Func<byte[], CancellationToken, Task<ApiToken?>>? find = null) : ITokens, IChangeSubscriber, IDisposable
{
    private const string Prefix = "sbx_";
    private const int SecretBytes = 32;
    private const int ValueLength = 4 + (SecretBytes * 2);
    private const int KnownMax = 50_000;

    /// <summary>Look-ups of tokens that are not in memory, at once: guessing must not use up the connections of those who have one.</summary>
    private const int LookUpsMax = 4;

    /// <summary>Look-ups that wait for one of those.</summary>
    private const int WaitingMax = 1_000;

    private const int UnknownMax = 10_000;
    private static readonly TimeSpan s_unknownFor = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_waitMax = TimeSpan.FromSeconds(1);

    private static readonly SearchValues<char> s_hex = SearchValues.Create("0123456789abcdef");
    private static readonly HashSet<string> s_all = new(Permissions.All, StringComparer.Ordinal);
    private readonly ConcurrentLru<Hash, Known> _known = new(KnownMax);

    // Values that are no token, by when that was found. Apart from the known ones, so that guessing evicts none of them.
    private readonly ConcurrentLru<Hash, long> _unknown = new(UnknownMax);
    private readonly SemaphoreSlim _lookUps = new(LookUpsMax);

    // Incremented on every change. A look-up that started before a change must not populate the cache.
    private long _changes;
    private int _waiting;

    public ValueTask<Principal?> AuthenticateAsync(string bearer, CancellationToken cancellationToken)
    {
        if (bearer.Length != ValueLength || !bearer.StartsWith(Prefix, StringComparison.Ordinal) || bearer.AsSpan(Prefix.Length).ContainsAnyExcept(s_hex)) return default;
        Span<byte> text = stackalloc byte[ValueLength];
        Encoding.ASCII.GetBytes(bearer, text);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text, hash);
        var key = MemoryMarshal.Read<Hash>(hash);
        return _known.TryGet(key, out var known) ? new ValueTask<Principal?>(Check(known)) : LookUpAsync(key, hash.ToArray(), cancellationToken);
    }

    public async Task<Result<IssuedToken>> CreateAsync(
        Principal principal, TokenOwner owner, string name, IReadOnlyList<string> permissions, DateTimeOffset? expiresAt, CancellationToken cancellationToken)
    {
        var tenant = OwnerOf(principal, owner);
        if (tenant.Problem is { } refused) return refused;
        if (permissions.FirstOrDefault(permission => !principal.May(permission)) is { } lacking)
            return new Problem(403, Codes.NotAllowed, $"This gives {lacking}, which {principal.Described} itself lacks.");
        return await IssueAsync(tenant.Value, name, permissions, expiresAt, cancellationToken);
    }

    /// <summary>Makes a token for the product itself, which nobody asked for.</summary>
    /// <param name="tenantId">Null: a superadmin's.</param>
    public async Task<IssuedToken> IssueAsync(
        Guid? tenantId, string name, IReadOnlyList<string> permissions, DateTimeOffset? expiresAt, CancellationToken cancellationToken)
    {
        var value = Prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes));
        var now = time.GetUtcNow();
        var token = new ApiToken { Id = Guid.CreateVersion7(now), TenantId = tenantId, Name = name, Permissions = permissions, ExpiresAt = expiresAt, CreatedAt = now };
        await store.InsertAsync(token, SHA256.HashData(Encoding.ASCII.GetBytes(value)), cancellationToken);
        _unknown.Clear();
        return new IssuedToken(token, value);
    }

    public async Task<Result<Page<ApiToken>>> ListAsync(
        Principal principal, TokenOwner owner, PageRequest page, CancellationToken cancellationToken)
    {
        var tenant = OwnerOf(principal, owner);
        return tenant.Problem is { } refused ? refused : await store.ListAsync(tenant.Value, page, cancellationToken);
    }

    public async Task<Result<bool>> RevokeAsync(Principal principal, TokenOwner owner, Guid id, CancellationToken cancellationToken)
    {
        var tenant = OwnerOf(principal, owner);
        if (tenant.Problem is { } refused) return refused;
        var revoked = await store.RevokeAsync(tenant.Value, id, cancellationToken);
        Drop([id]);
        return revoked ? true : Problem.NotFound($"There is no token {id}.");
    }

    public Task ApplyAsync(IReadOnlyCollection<Change> changes, CancellationToken cancellationToken)
    {
        var ids = changes.Where(change => change.Kind == ChangeKind.Token).Select(change => change.Id).ToHashSet();
        if (ids.Count == 0) return Task.CompletedTask;
        Drop(ids);
        _unknown.Clear();
        return Task.CompletedTask;
    }

    public Task ReloadAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _changes);
        _known.Clear();
        _unknown.Clear();
        return Task.CompletedTask;
    }

    public void Dispose() => _lookUps.Dispose();

    /// <summary>The tenant whose tokens they are, null for superadmins'; or why the principal may not manage them.</summary>
    private static Result<Guid?> OwnerOf(Principal principal, TokenOwner owner)
    {
        switch (owner)
        {
            case TokenOwner.Tenant:
                var entered = principal.Enter(Permissions.TokensManage);
                return entered.Problem is { } refused ? refused : (Guid?)entered.Value;
            case TokenOwner.Superadmin:
                return principal.SuperadminRefusal() is { } closed ? closed : (Guid?)null;
            default:
                throw new InvalidOperationException(owner.ToString());
        }
    }

    private void Drop(HashSet<Guid> ids)
    {
        Interlocked.Increment(ref _changes);
        foreach (var (key, known) in _known)
        {
            if (ids.Contains(known.Principal.Id)) _known.TryRemove(key);
        }
    }

    private async ValueTask<Principal?> LookUpAsync(Hash key, byte[] hash, CancellationToken cancellationToken)
    {
        if (IsUnknown(key)) return null;
        await WaitAsync(cancellationToken);
        try
        {
            // The same value may have been looked up meanwhile.
            if (_known.TryGet(key, out var found)) return Check(found);
            if (IsUnknown(key)) return null;
            var before = Interlocked.Read(ref _changes);
            if (await (find ?? store.FindAsync)(hash, cancellationToken) is not { RevokedAt: null } token)
            {
                if (Interlocked.Read(ref _changes) == before) _unknown.AddOrUpdate(key, time.GetTimestamp());
                return null;
            }

            var granted = token.TenantId is null ? s_all : token.Permissions.ToHashSet(StringComparer.Ordinal);
            var known = new Known(new Principal(PrincipalKind.Token, token.Id, token.Name, token.TenantId, token.TenantId is null, granted), token.ExpiresAt);
            Keep(key, known, before);

            return Check(known);
        }
        finally
        {
            _lookUps.Release();
        }
    }

    private bool IsUnknown(Hash key) => _unknown.TryGet(key, out var since) && time.GetElapsedTime(since) < s_unknownFor;

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (Interlocked.Increment(ref _waiting) > WaitingMax || !await _lookUps.WaitAsync(s_waitMax, cancellationToken)) throw new TokenLookUpsBusyException();
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private void Keep(Hash key, Known known, long changes)
    {
        if (Interlocked.Read(ref _changes) != changes) return;
        _known.AddOrUpdate(key, known);
        // A change between the look and the entry found nothing to drop.
        if (Interlocked.Read(ref _changes) != changes) _known.TryRemove(key);
    }

    private Principal? Check(Known known) =>
        (known.ExpiresAt is { } expires && expires <= time.GetUtcNow()) || (known.Principal.TenantId is { } tenant && tenants.ById(tenant) is null) ? null : known.Principal;

    private sealed record Known(Principal Principal, DateTimeOffset? ExpiresAt);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Hash(ulong A, ulong B, ulong C, ulong D);
}
