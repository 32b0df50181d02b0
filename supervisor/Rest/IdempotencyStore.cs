using Dapper;
using Npgsql;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Rest;

/// <summary>Keys of posts and the answers they were given, for a day.</summary>
internal sealed class IdempotencyStore(Db db, TimeProvider time)
{
    /// <summary>A claim is renewed for as long as its request is under way: one that outlives this is of a supervisor that died.</summary>
    private static readonly TimeSpan s_claim = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan s_kept = TimeSpan.FromHours(24);

    /// <summary>A claim, where the key is the caller's, to be answered or released; else what is there.</summary>
    public async Task<(IdempotencyClaim? Claim, IdempotentAnswer? Earlier)> ClaimAsync(Guid scope, string key, byte[] requestHash, CancellationToken cancellationToken)
    {
        var claim = new IdempotencyClaim(scope, key, Guid.NewGuid());
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        var claimed = await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into sandbox.idempotency_keys as existing (scope, key, request_hash, claim, expires_at)
            values (@scope, @key, @requestHash, @token, clock_timestamp() + @time)
            on conflict (scope, key) do update
                set request_hash = excluded.request_hash, claim = excluded.claim, status = null, headers = null, body = null, expires_at = excluded.expires_at
                where existing.expires_at < clock_timestamp()
            """,
            new { scope, key, requestHash, token = claim.Token, time = s_claim },
            cancellationToken: cancellationToken));
        if (claimed == 1) return (claim, null);

        // Gone in between: the first request failed and released it, or a sweep took it. The caller may try again.
        var earlier = await connection.QuerySingleOrDefaultAsync<IdempotentAnswer>(new CommandDefinition(
            """
            select request_hash as RequestHash, status as Status, headers as Headers, body as Body
            from sandbox.idempotency_keys where scope = @scope and key = @key
            """,
            new { scope, key },
            cancellationToken: cancellationToken));
        return (null, earlier ?? new IdempotentAnswer { RequestHash = requestHash });
    }

    /// <summary>To be called until <see cref="AnswerAsync"/> or <see cref="ReleaseAsync"/>, every third of a claim's time; returns when cancelled.</summary>
    public async Task RenewAsync(IdempotencyClaim claim, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(s_claim / 3, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            try
            {
                await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
                await connection.ExecuteAsync(new CommandDefinition(
                    "update sandbox.idempotency_keys set expires_at = clock_timestamp() + @time where scope = @scope and key = @key and claim = @token and status is null",
                    new { claim.Scope, claim.Key, claim.Token, time = s_claim },
                    cancellationToken: cancellationToken));
            }
            catch (NpgsqlException)
            {
                // The database is away for a moment: the next renewal may still be in time.
            }
        }
    }

    /// <summary>Without effect where the claim was taken over: the answer kept is that of who has the key now.</summary>
    public async Task AnswerAsync(IdempotencyClaim claim, int status, string[] headers, byte[] body, CancellationToken cancellationToken)
    {
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            update sandbox.idempotency_keys set status = @status, headers = @headers, body = @body, expires_at = clock_timestamp() + @kept
            where scope = @scope and key = @key and claim = @token and status is null
            """,
            new { claim.Scope, claim.Key, claim.Token, status, headers, body, kept = s_kept },
            cancellationToken: cancellationToken));
    }

    /// <inheritdoc cref="AnswerAsync" />
    public async Task ReleaseAsync(IdempotencyClaim claim, CancellationToken cancellationToken)
    {
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(
            "delete from sandbox.idempotency_keys where scope = @scope and key = @key and claim = @token and status is null",
            new { claim.Scope, claim.Key, claim.Token },
            cancellationToken: cancellationToken));
    }

    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteAsync(new CommandDefinition("delete from sandbox.idempotency_keys where expires_at < clock_timestamp()", cancellationToken: cancellationToken));
    }
}

/// <summary>One request's right to a key; another that takes the key over has another token.</summary>
internal sealed record IdempotencyClaim(Guid Scope, string Key, Guid Token);

/// <summary>What is kept under a key. No <see cref="Status"/>: its first request is still under way.</summary>
internal sealed record IdempotentAnswer
{
    public required byte[] RequestHash { get; init; }
    public int? Status { get; init; }

    /// <summary>Names and values in turn.</summary>
    public string[]? Headers { get; init; }

    public byte[]? Body { get; init; }
}
