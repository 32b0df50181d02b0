using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Changes;

namespace Sandbox.Supervisor.Tenants;

/// <summary>Bearer tokens: 256 random bits behind <c>sbx_</c>, kept as their SHA-256; in memory from the first use until they change.</summary>
internal sealed class TokenService(TokenStore store, LiveTenants tenants, TimeProvider time) : ITokens, IChangeSubscriber, IDisposable
{
    private const string Prefix = "sbx_";
    private const int SecretBytes = 32;
    private const int ValueLength = 4 + (SecretBytes * 2);
    private const int KnownMax = 50_000;

    /// <summary>Look-ups of tokens that are not in memory, at once: guessing must not use up the connections of those who have one.</summary>
    private const int LookUpsMax = 4;

    private static readonly SearchValues<char> s_hex = SearchValues.Create("0123456789abcdef");
    private static readonly HashSet<string> s_all = new(Permissions.All, StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Hash, Known> _known = new();
    private readonly SemaphoreSlim _lookUps = new(LookUpsMax);

    // Incremented on every change. A look-up that started before a change must not populate the cache.
    private long _changes;

    public ValueTask<Caller?> AuthenticateAsync(string bearer, CancellationToken cancellationToken)
    {
        if (bearer.Length != ValueLength || !bearer.StartsWith(Prefix, StringComparison.Ordinal) || bearer.AsSpan(Prefix.Length).ContainsAnyExcept(s_hex)) return default;
        Span<byte> text = stackalloc byte[ValueLength];
        Encoding.ASCII.GetBytes(bearer, text);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text, hash);
        var key = MemoryMarshal.Read<Hash>(hash);
        return _known.TryGetValue(key, out var known) ? new ValueTask<Caller?>(Check(known)) : LookUpAsync(key, hash.ToArray(), cancellationToken);
    }

    public async Task<(ApiToken Token, string Value)> CreateAsync(Guid? tenantId, string name, IReadOnlyList<string> permissions, DateTimeOffset? expiresAt, CancellationToken cancellationToken)
    {
        var value = Prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes));
        var now = time.GetUtcNow();
        var token = new ApiToken { Id = Guid.CreateVersion7(now), TenantId = tenantId, Name = name, Permissions = permissions, ExpiresAt = expiresAt, CreatedAt = now };
        await store.InsertAsync(token, SHA256.HashData(Encoding.ASCII.GetBytes(value)), cancellationToken);
        return (token, value);
    }

    public Task<Page<ApiToken>> ListAsync(Guid? tenantId, PageRequest page, CancellationToken cancellationToken) => store.ListAsync(tenantId, page, cancellationToken);

    public async Task<bool> RevokeAsync(Guid? tenantId, Guid id, CancellationToken cancellationToken)
    {
        var revoked = await store.RevokeAsync(tenantId, id, cancellationToken);
        Drop([id]);
        return revoked;
    }

    public Task ApplyAsync(IReadOnlyCollection<Change> changes, CancellationToken cancellationToken)
    {
        var ids = changes.Where(change => change.Kind == ChangeKind.Token).Select(change => change.Id).ToHashSet();
        if (ids.Count > 0) Drop(ids);
        return Task.CompletedTask;
    }

    public Task ReloadAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _changes);
        _known.Clear();
        return Task.CompletedTask;
    }

    public void Dispose() => _lookUps.Dispose();

    private void Drop(HashSet<Guid> ids)
    {
        Interlocked.Increment(ref _changes);
        foreach (var (key, known) in _known)
        {
            if (ids.Contains(known.Caller.TokenId)) _known.TryRemove(key, out _);
        }
    }

    private async ValueTask<Caller?> LookUpAsync(Hash key, byte[] hash, CancellationToken cancellationToken)
    {
        await _lookUps.WaitAsync(cancellationToken);
        try
        {
            var before = Interlocked.Read(ref _changes);
            if (await store.FindAsync(hash, cancellationToken) is not { RevokedAt: null } token) return null;
            var granted = token.TenantId is null ? s_all : token.Permissions.ToHashSet(StringComparer.Ordinal);
            var known = new Known(new Caller(token.TenantId, token.Id, token.Name, token.TenantId is null, granted), token.ExpiresAt);
            Keep(key, known, before);

            return Check(known);
        }
        finally
        {
            _lookUps.Release();
        }
    }

    private void Keep(Hash key, Known known, long changes)
    {
        if (Interlocked.Read(ref _changes) != changes) return;
        if (_known.Count >= KnownMax) _known.Clear();
        _known[key] = known;
        // A change between the look and the entry found nothing to drop.
        if (Interlocked.Read(ref _changes) != changes) _known.TryRemove(key, out _);
    }

    private Caller? Check(Known known) =>
        (known.ExpiresAt is { } expires && expires <= time.GetUtcNow()) || (known.Caller.TenantId is { } tenant && tenants.ById(tenant) is null) ? null : known.Caller;

    private sealed record Known(Caller Caller, DateTimeOffset? ExpiresAt);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Hash(ulong A, ulong B, ulong C, ulong D);
}
