using System.Text;
using Sandbox.Supervisor.Rest;
using Sandbox.Tests.Integration.Database;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Rest;

/// <summary>A key whose first claimant was away for longer than its claim held.</summary>
public sealed class IdempotencyStoreTests(PostgresServer server) : IAsyncLifetime
{
    private const int Patience = 120_000;
    private static readonly byte[] s_hash = new byte[32];
    private readonly Guid _scope = Guid.NewGuid();
    private TestDatabase _database = null!;
    private IdempotencyStore _store = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await server.NewDatabaseAsync();
        _store = new IdempotencyStore(_database.Db, TimeProvider.System);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact(Timeout = Patience)]
    public async Task An_answer_that_comes_after_a_takeover_is_not_kept()
    {
        var (first, second) = await TakeOverAsync();
        await AnswerAsync(first, "first");
        (await ClaimedAgainAsync()).Status.ShouldBeNull();

        await AnswerAsync(second, "second");
        await AnswerAsync(first, "first");

        Encoding.UTF8.GetString((await ClaimedAgainAsync()).Body.ShouldNotBeNull()).ShouldBe("second");
    }

    [Fact(Timeout = Patience)]
    public async Task A_release_that_comes_after_a_takeover_frees_nothing()
    {
        var (first, second) = await TakeOverAsync();

        await _store.ReleaseAsync(first, Stop);

        (await ClaimedAgainAsync()).Status.ShouldBeNull();
        await _store.ReleaseAsync(second, Stop);
        (await _store.ClaimAsync(_scope, "key", s_hash, Stop)).Claim.ShouldNotBeNull();
    }

    private async Task<(IdempotencyClaim First, IdempotencyClaim Second)> TakeOverAsync()
    {
        var (first, _) = await _store.ClaimAsync(_scope, "key", s_hash, Stop);
        await using (var admin = await _database.AsSuperuserAsync())
            await admin.ExecAsync("update sandbox.idempotency_keys set expires_at = clock_timestamp() - interval '1 second'");
        var (second, _) = await _store.ClaimAsync(_scope, "key", s_hash, Stop);
        return (first.ShouldNotBeNull(), second.ShouldNotBeNull());
    }

    private async Task<IdempotentAnswer> ClaimedAgainAsync()
    {
        var (claim, earlier) = await _store.ClaimAsync(_scope, "key", s_hash, Stop);
        claim.ShouldBeNull();
        return earlier.ShouldNotBeNull();
    }

    private Task AnswerAsync(IdempotencyClaim claim, string body) => _store.AnswerAsync(claim, 200, [], Encoding.UTF8.GetBytes(body), Stop);
}
