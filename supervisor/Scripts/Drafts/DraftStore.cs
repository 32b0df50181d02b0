using System.Text.Json;
using Dapper;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Scripts;

/// <summary>Drafts, as their tenant.</summary>
internal sealed class DraftStore(Db db)
{
    private const string Columns = """
        select tenant_id as TenantId, script_id as ScriptId, author_kind as AuthorKind, author_id as AuthorId, author_name as AuthorName,
            base_version as BaseVersion, fields, nulls, updated_at as UpdatedAt
        from sandbox.drafts

        """;

    /// <summary>Null where the author has none.</summary>
    public async Task<StoredDraft?> GetAsync(Guid tenantId, Guid scriptId, Guid authorId, CancellationToken cancellationToken)
    {
        const string sql = Columns + "where tenant_id = @tenantId and script_id = @scriptId and author_id = @authorId order by author_kind limit 1";
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        var row = await transaction.Connection.QuerySingleOrDefaultAsync<Row>(
            new CommandDefinition(sql, new { tenantId, scriptId, authorId }, cancellationToken: cancellationToken));
        return row?.ToDraft();
    }

    /// <summary>Drafts of all others, the last written first.</summary>
    public async Task<IReadOnlyList<OtherDraft>> OthersAsync(
        Guid tenantId, Guid scriptId, PrincipalKind kind, Guid authorId, CancellationToken cancellationToken)
    {
        const string sql = """
            select author_kind as AuthorKind, author_id as AuthorId, author_name as AuthorName, base_version as BaseVersion, updated_at as UpdatedAt
            from sandbox.drafts
            where tenant_id = @tenantId and script_id = @scriptId and (author_id, author_kind) <> (@authorId, @authorKind)
            order by updated_at desc, author_id limit 100
            """;
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        var parameters = new { tenantId, scriptId, authorId, authorKind = EnumText<PrincipalKind>.Of(kind) };
        var rows = await transaction.Connection.QueryAsync<OtherRow>(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
        return [.. rows.Select(row => row.ToOther())];
    }

    /// <summary>Makes it or puts it in the place of the one before. Null: it is no longer as the caller saw it, or the script is gone.</summary>
    /// <param name="draft">Its time is the database's.</param>
    /// <param name="expected"><c>updated_at</c> of the one that the caller saw; null: whatever is there.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<StoredDraft?> PutAsync(StoredDraft draft, DateTimeOffset? expected, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into sandbox.drafts as old (tenant_id, script_id, author_kind, author_id, author_name, base_version, fields, nulls)
            select s.tenant_id, s.id, @authorKind, @authorId, @authorName, @baseVersion, @fields::json, @nulls
            from sandbox.scripts s
            where s.tenant_id = @tenantId and s.id = @scriptId and s.deleted_at is null
                and (@expected::timestamptz is null or exists (
                    select from sandbox.drafts d
                    where d.tenant_id = @tenantId and d.script_id = @scriptId and d.author_id = @authorId and d.author_kind = @authorKind))
            for share of s
            on conflict (tenant_id, script_id, author_id, author_kind) do update
            set author_name = excluded.author_name, base_version = excluded.base_version, fields = excluded.fields, nulls = excluded.nulls,
                updated_at = greatest(clock_timestamp(), old.updated_at + interval '1 microsecond')
            where @expected::timestamptz is null or old.updated_at = @expected
            returning updated_at
            """;
        var parameters = new
        {
            draft.TenantId,
            draft.ScriptId,
            authorKind = EnumText<PrincipalKind>.Of(draft.Author.Kind),
            authorId = draft.Author.Id,
            authorName = StoredText.Encode(draft.Author.Name),
            draft.BaseVersion,
            fields = StoredText.EncodeJson(JsonSerializer.Serialize(draft.Fields, ScriptsJson.Default.DraftWrite)),
            nulls = draft.Fields.Nulls.ToArray(),
            expected = expected?.UtcDateTime,
        };
        await using var transaction = await db.TenantAsync(draft.TenantId, cancellationToken);
        var at = await transaction.Connection.QuerySingleOrDefaultAsync<DateTime?>(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
        await transaction.CommitAsync(cancellationToken);
        return at is { } written ? draft with { UpdatedAt = new DateTimeOffset(written) } : null;
    }

    /// <summary>False where it is no longer as it was read.</summary>
    public async Task<bool> DeleteAsync(StoredDraft draft, CancellationToken cancellationToken)
    {
        await using var transaction = await db.TenantAsync(draft.TenantId, cancellationToken);
        var deleted = await DeleteAsync(transaction, draft, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return deleted;
    }

    /// <summary>In the transaction that publishes it. False where it is no longer as it was read.</summary>
    public static async Task<bool> DeleteAsync(TenantTransaction transaction, StoredDraft draft, CancellationToken cancellationToken)
    {
        const string sql = """
            delete from sandbox.drafts
            where tenant_id = @tenantId and script_id = @scriptId and author_id = @authorId and author_kind = @authorKind and updated_at = @updatedAt
            """;
        return await transaction.Connection.ExecuteAsync(new CommandDefinition(sql, Key(draft), cancellationToken: cancellationToken)) == 1;
    }

    /// <summary>Everyone's, in the transaction that deletes the script.</summary>
    public static Task DeleteAllAsync(TenantTransaction transaction, Guid tenantId, Guid scriptId, CancellationToken cancellationToken)
    {
        const string sql = "delete from sandbox.drafts where tenant_id = @tenantId and script_id = @scriptId";
        return transaction.Connection.ExecuteAsync(new CommandDefinition(sql, new { tenantId, scriptId }, cancellationToken: cancellationToken));
    }

    private static object Key(StoredDraft draft) => new
    {
        draft.TenantId,
        draft.ScriptId,
        authorId = draft.Author.Id,
        authorKind = EnumText<PrincipalKind>.Of(draft.Author.Kind),
        updatedAt = draft.UpdatedAt.UtcDateTime,
    };

    private class OtherRow
    {
        public required string AuthorKind { get; init; }
        public required Guid AuthorId { get; init; }
        public required string AuthorName { get; init; }
        public required int BaseVersion { get; init; }
        public required DateTime UpdatedAt { get; init; }

        protected DraftAuthor Author => new(EnumText<PrincipalKind>.Parse(AuthorKind), AuthorId, StoredText.Decode(AuthorName)!);

        public OtherDraft ToOther() => new(Author, new DateTimeOffset(UpdatedAt), BaseVersion);
    }

    private sealed class Row : OtherRow
    {
        public required Guid TenantId { get; init; }
        public required Guid ScriptId { get; init; }
        public required string Fields { get; init; }
        public required string[] Nulls { get; init; }

        public StoredDraft ToDraft()
        {
            var fields = JsonSerializer.Deserialize(Fields, ScriptsJson.Default.DraftWrite)!;
            fields.Nulls = Nulls.ToHashSet(StringComparer.Ordinal);
            return new StoredDraft(TenantId, ScriptId, Author, BaseVersion, fields, new DateTimeOffset(UpdatedAt));
        }
    }
}
