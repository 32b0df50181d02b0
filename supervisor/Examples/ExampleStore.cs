using Dapper;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Examples;

/// <summary>Examples, as their tenant.</summary>
internal sealed class ExampleStore(Db db)
{
    /// <summary>Examples of a script.</summary>
    public const int CountMax = 50;

    /// <summary>Bytes of all examples of a script: they are read together.</summary>
    public const long BytesMax = 32L * 1024 * 1024;

    private const string Columns = """
        select script_id as ScriptId, name, input, request, status, code, output, updated_by as UpdatedBy, updated_at as UpdatedAt
        from sandbox.examples

        """;

    /// <summary>All of a script, by name.</summary>
    public async Task<IReadOnlyList<Example>> ListAsync(Guid tenantId, Guid scriptId, CancellationToken cancellationToken)
    {
        const string sql = Columns + "where tenant_id = @tenantId and script_id = @scriptId order by name";
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        var rows = await transaction.Connection.QueryAsync<Row>(
            new CommandDefinition(sql, new { tenantId, scriptId }, cancellationToken: cancellationToken));
        return [.. rows.Select(row => row.ToExample())];
    }

    /// <summary>Null where there is none.</summary>
    public async Task<Example?> GetAsync(Guid tenantId, Guid scriptId, string name, CancellationToken cancellationToken)
    {
        const string sql = Columns + "where tenant_id = @tenantId and script_id = @scriptId and name = @name";
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        var row = await transaction.Connection.QuerySingleOrDefaultAsync<Row>(
            new CommandDefinition(sql, new { tenantId, scriptId, name }, cancellationToken: cancellationToken));
        return row?.ToExample();
    }

    /// <summary>Makes it or puts it in the place of the one before. Null: the script has as many as it may, or is gone.</summary>
    /// <param name="tenantId">Whose it is.</param>
    /// <param name="example">Its time is the database's.</param>
    /// <param name="bytes">Of its input, request and output.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<ExampleWritten?> PutAsync(Guid tenantId, Example example, long bytes, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into sandbox.examples as kept (tenant_id, script_id, name, input, request, status, code, output, bytes, updated_by)
            select @tenantId, @scriptId, @name, @input::json, @request::json, @status, @code, @output::json, @bytes, @updatedBy
            from (
                select count(*) as others, coalesce(sum(bytes), 0) as taken
                from sandbox.examples
                where tenant_id = @tenantId and script_id = @scriptId and name <> @name) e
            where e.others < @countMax and e.taken + @bytes <= @bytesMax
            on conflict (tenant_id, script_id, name) do update
            set input = excluded.input, request = excluded.request, status = excluded.status, code = excluded.code,
                output = excluded.output,
                bytes = excluded.bytes, updated_by = excluded.updated_by,
                updated_at = greatest(clock_timestamp(), kept.updated_at + interval '1 microsecond')
            returning kept.updated_at as UpdatedAt, kept.xmax = 0 as IsNew
            """;
        var parameters = new
        {
            tenantId,
            example.ScriptId,
            example.Name,
            input = StoredText.EncodeJson(example.Input.ToString()),
            request = Encoded(example.Request),
            status = example.Status is { } status ? EnumText<ExecutionStatus>.Of(status) : null,
            example.Code,
            output = Encoded(example.Output),
            bytes,
            updatedBy = StoredText.Encode(example.UpdatedBy),
            countMax = CountMax,
            bytesMax = BytesMax,
        };
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        // The script's row is locked: writers of one script go one by one, so that none of them counts too few.
        var isThere = await transaction.Connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            "select true from sandbox.scripts where tenant_id = @tenantId and id = @scriptId and deleted_at is null for no key update",
            new { tenantId, example.ScriptId },
            cancellationToken: cancellationToken));
        if (!isThere) return null;
        var written = await transaction.Connection.QuerySingleOrDefaultAsync<Written>(
            new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
        await transaction.CommitAsync(cancellationToken);
        return written is null
            ? null
            : new ExampleWritten(example with { UpdatedAt = new DateTimeOffset(written.UpdatedAt) }, written.IsNew);
    }

    /// <summary>False where there is none.</summary>
    public async Task<bool> DeleteAsync(Guid tenantId, Guid scriptId, string name, CancellationToken cancellationToken)
    {
        const string sql = "delete from sandbox.examples where tenant_id = @tenantId and script_id = @scriptId and name = @name";
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        var deleted = await transaction.Connection.ExecuteAsync(
            new CommandDefinition(sql, new { tenantId, scriptId, name }, cancellationToken: cancellationToken));
        await transaction.CommitAsync(cancellationToken);
        return deleted == 1;
    }

    private static string? Encoded(RawJson? json) => json is { } given ? StoredText.EncodeJson(given.ToString()) : null;

    private sealed class Written
    {
        public required DateTime UpdatedAt { get; init; }
        public required bool IsNew { get; init; }
    }

    private sealed class Row
    {
        public required Guid ScriptId { get; init; }
        public required string Name { get; init; }
        public required string Input { get; init; }
        public string? Request { get; init; }
        public string? Status { get; init; }
        public string? Code { get; init; }
        public string? Output { get; init; }
        public required string UpdatedBy { get; init; }
        public required DateTime UpdatedAt { get; init; }

        public Example ToExample() => new()
        {
            ScriptId = ScriptId,
            Name = Name,
            Input = new RawJson(Input),
            Request = Request is null ? null : new RawJson(Request),
            Status = Status is null ? null : EnumText<ExecutionStatus>.Parse(Status),
            Code = Code,
            Output = Output is null ? null : new RawJson(Output),
            UpdatedBy = StoredText.Decode(UpdatedBy)!,
            UpdatedAt = new DateTimeOffset(UpdatedAt),
        };
    }
}
