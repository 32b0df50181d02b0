using System.Security.Cryptography;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;
using Sandbox.Supervisor.Tenants;
using Sandbox.Tests.Integration.Database;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Changes;

/// <summary>Tokens that nobody has, in numbers.</summary>
public sealed class TokenFloodTests(PostgresServer server) : IAsyncLifetime
{
    private const int Patience = 120_000;
    private const int Flood = 5_000;
    private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TestDatabase _database = null!;
    private TokenService _tokens = null!;
    private bool _slow;
    private int _calls;
    private int _atOnce;
    private int _atOnceMost;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await server.NewDatabaseAsync();
        var store = new TokenStore(_database.Db);
        _tokens = new TokenService(store, new TenantDirectory(), TimeProvider.System, async (hash, cancel) =>
        {
            Interlocked.Increment(ref _calls);
            InterlockedMax(ref _atOnceMost, Interlocked.Increment(ref _atOnce));
            if (_slow) await _goOn.Task.WaitAsync(cancel);
            var found = await store.FindAsync(hash, cancel);
            Interlocked.Decrement(ref _atOnce);
            return found;
        });
    }

    public async ValueTask DisposeAsync()
    {
        _tokens.Dispose();
        await _database.DisposeAsync();
    }

    [Fact(Timeout = Patience)]
    public async Task A_known_token_is_answered_from_memory_while_thousands_of_unknown_ones_wait_or_are_refused()
    {
        var (_, value) = await _tokens.IssueAsync(null, "admin", [], null, Stop);
        (await _tokens.AuthenticateAsync(value, Stop)).ShouldNotBeNull();
        _slow = true;
        _calls = 0;
        var flood = Enumerable.Range(0, Flood).Select(_ => TryAsync(Guess())).ToArray();

        for (var i = 0; i < 100; i++)
        {
            var known = _tokens.AuthenticateAsync(value, Stop).AsTask();
            known.IsCompletedSuccessfully.ShouldBeTrue();
            (await known).ShouldNotBeNull();
        }

        _goOn.SetResult();
        var refused = (await Task.WhenAll(flood)).Count(busy => busy);
        refused.ShouldBeGreaterThan(Flood / 2);
        _calls.ShouldBe(Flood - refused);
        _atOnceMost.ShouldBeInRange(1, 4);
        _tokens.AuthenticateAsync(value, Stop).AsTask().IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Fact(Timeout = Patience)]
    public async Task A_value_that_is_no_token_is_looked_up_once()
    {
        var guess = Guess();

        (await _tokens.AuthenticateAsync(guess, Stop)).ShouldBeNull();
        (await _tokens.AuthenticateAsync(guess, Stop)).ShouldBeNull();

        _calls.ShouldBe(1);
    }

    /// <summary>True: refused, for too many are looked up.</summary>
    private async Task<bool> TryAsync(string guess)
    {
        try
        {
            (await _tokens.AuthenticateAsync(guess, Stop)).ShouldBeNull();
            return false;
        }
        catch (TokenLookUpsBusyException)
        {
            return true;
        }
    }

    private static string Guess() => "sbx_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); value > seen; seen = Volatile.Read(ref most))
            if (Interlocked.CompareExchange(ref most, value, seen) == seen) return;
    }
}
