using Dapper;
using Npgsql;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Tenants;

/// <summary>Tenants and their host names; the system's work, whoever may ask for it.</summary>
internal sealed class TenantStore(Db db)
{
    private const string Columns = """
        select t.id, t.slug, t.name, t.concurrency, t.executions_per_minute as ExecutionsPerMinute, t.executions_per_day as ExecutionsPerDay,
            t.history_bytes as HistoryBytes, t.calls_per_minute as CallsPerMinute, t.suspended, t.created_at as CreatedAt, t.updated_at as UpdatedAt,
            t.egress_hosts as EgressHosts, t.private_hosts as PrivateHosts, t.publish_needs_second_person as PublishNeedsSecondPerson,
            array(select h.host from sandbox.tenant_hosts h where h.tenant_id = t.id order by h.host) as Hosts
        from sandbox.tenants t

        """;

    /// <summary>By slug.</summary>
    public async Task<Page<Tenant>> ListAsync(PageRequest page, CancellationToken cancellationToken)
    {
        var after = page.Cursor is null ? "" : Cursor.ReadKey(page.Cursor);
        const string sql = Columns + "where t.slug > @after order by t.slug limit @take";
        var limit = Math.Clamp(page.Limit, 1, 200);
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        var rows = (await connection.QueryAsync<Row>(new CommandDefinition(sql, new { after, take = limit + 1 }, cancellationToken: cancellationToken))).AsList();
        var items = rows.Take(limit).Select(row => row.ToTenant()).ToArray();
        return new Page<Tenant>(items, rows.Count > limit ? Cursor.Of(items[^1].Slug) : null);
    }

    /// <summary>All of them, for the table of hosts and slugs in memory.</summary>
    public async Task<IReadOnlyList<Tenant>> AllAsync(CancellationToken cancellationToken)
    {
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        return [.. (await connection.QueryAsync<Row>(new CommandDefinition(Columns + "order by t.slug", cancellationToken: cancellationToken))).Select(row => row.ToTenant())];
    }

    public Task<Tenant?> GetAsync(string slug, CancellationToken cancellationToken) =>
        slug.Contains('\0') ? Task.FromResult<Tenant?>(null) : OneAsync(Columns + "where t.slug = @slug", new { slug }, cancellationToken);

    public Task<Tenant?> GetAsync(Guid id, CancellationToken cancellationToken) =>
        OneAsync(Columns + "where t.id = @id", new { id }, cancellationToken);

    /// <summary>Those of the ids that there are.</summary>
    public async Task<IReadOnlyList<Tenant>> GetAsync(Guid[] ids, CancellationToken cancellationToken)
    {
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        return [.. (await connection.QueryAsync<Row>(new CommandDefinition(Columns + "where t.id = any(@ids)", new { ids }, cancellationToken: cancellationToken))).Select(row => row.ToTenant())];
    }

    /// <summary>Times are the database's. 409 where the slug or a host is taken.</summary>
    public async Task<Result<Tenant>> CreateAsync(Tenant tenant, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into sandbox.tenants (id, slug, name, concurrency, executions_per_minute, executions_per_day, history_bytes, calls_per_minute,
                suspended, egress_hosts, private_hosts, publish_needs_second_person)
            values (@id, @slug, @name, @concurrency, @perMinute, @perDay, @historyBytes, @calls, @suspended, @egressHosts, @privateHosts, @publishNeedsSecondPerson)
            """;
        return await WriteAsync(tenant, sql, expected: null, cancellationToken);
    }

    /// <summary>Everything but slug and id, hosts included.</summary>
    /// <param name="expected"><c>updated_at</c> the caller saw; 412 where it is another by now.</param>
    public async Task<Result<Tenant>> UpdateAsync(Tenant tenant, DateTimeOffset expected, CancellationToken cancellationToken)
    {
        const string sql = """
            update sandbox.tenants
            set name = @name, concurrency = @concurrency, executions_per_minute = @perMinute, executions_per_day = @perDay,
                history_bytes = @historyBytes, calls_per_minute = @calls, suspended = @suspended,
                egress_hosts = @egressHosts, private_hosts = @privateHosts,
                publish_needs_second_person = @publishNeedsSecondPerson, updated_at = greatest(clock_timestamp(), updated_at + interval '1 microsecond')
            where id = @id and updated_at = @expected
            """;
        return await WriteAsync(tenant, sql, expected, cancellationToken);
    }

    /// <summary>With all that is its own; false where there is none.</summary>
    public async Task<bool> DeleteAsync(Guid id, CancellationToken cancellationToken)
    {
        const string sql = """
            delete from sandbox.execution_labels where tenant_id = @id;
            delete from sandbox.execution_calls where tenant_id = @id;
            delete from sandbox.execution_logs where tenant_id = @id;
            delete from sandbox.execution_payloads where tenant_id = @id;
            delete from sandbox.executions where tenant_id = @id;
            delete from sandbox.usage where tenant_id = @id;
            delete from sandbox.error_groups where tenant_id = @id;
            delete from sandbox.stale_hours where tenant_id = @id;
            delete from sandbox.tenant_hours where tenant_id = @id;
            delete from sandbox.script_hours where tenant_id = @id;
            delete from sandbox.tenants where id = @id;
            """;
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var exists = await connection.ExecuteScalarAsync<bool>(new CommandDefinition("select exists (select from sandbox.tenants where id = @id)", new { id }, cancellationToken: cancellationToken));
        await connection.ExecuteAsync(new CommandDefinition(sql, new { id }, cancellationToken: cancellationToken));
        await transaction.CommitAsync(cancellationToken);
        return exists;
    }

    private async Task<Result<Tenant>> WriteAsync(Tenant tenant, string sql, DateTimeOffset? expected, CancellationToken cancellationToken)
    {
        const string hosts = """
            delete from sandbox.tenant_hosts where tenant_id = @id and host <> all(@hosts);
            insert into sandbox.tenant_hosts (host, tenant_id)
            select h, @id from unnest(@hosts) h where not exists (select from sandbox.tenant_hosts o where o.host = h and o.tenant_id = @id)
            """;
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        try
        {
            var written = await connection.ExecuteAsync(new CommandDefinition(sql, new
            {
                tenant.Id,
                tenant.Slug,
                name = StoredText.Encode(tenant.Name),
                tenant.Limits.Concurrency,
                perMinute = tenant.Limits.ExecutionsPerMinute,
                perDay = tenant.Limits.ExecutionsPerDay,
                historyBytes = tenant.Limits.HistoryBytes,
                calls = tenant.Limits.CallsPerMinute,
                tenant.Suspended,
                egressHosts = tenant.Egress.Hosts?.ToArray(),
                privateHosts = tenant.Egress.PrivateHosts.ToArray(),
                tenant.PublishNeedsSecondPerson,
                expected = expected?.UtcDateTime,
            }, cancellationToken: cancellationToken));
            if (written == 0)
            {
                var exists = await connection.ExecuteScalarAsync<bool>(new CommandDefinition("select exists (select from sandbox.tenants where id = @id)", new { tenant.Id }, cancellationToken: cancellationToken));
                return exists
                    ? new Problem(412, Codes.PreconditionFailed, $"The tenant '{tenant.Slug}' has changed since it was read.")
                    : Problem.NotFound($"There is no tenant '{tenant.Slug}'.");
            }

            await connection.ExecuteAsync(new CommandDefinition(hosts, new { tenant.Id, hosts = tenant.Hosts.Distinct().ToArray() }, cancellationToken: cancellationToken));
            var row = await connection.QuerySingleAsync<Row>(new CommandDefinition(Columns + "where t.id = @id", new { tenant.Id }, cancellationToken: cancellationToken));
            await transaction.CommitAsync(cancellationToken);
            return row.ToTenant();
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return e.TableName == "tenant_hosts"
                ? Taken("hosts", "One of the host names belongs to another tenant.")
                : Taken("slug", $"There is a tenant '{tenant.Slug}' already.");
        }
    }

    private static Problem Taken(string field, string message) =>
        new(409, Codes.Conflict, message) { Errors = [new FieldError(field, "is taken")] };

    private async Task<Tenant?> OneAsync(string sql, object parameters, CancellationToken cancellationToken)
    {
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        return (await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken)))?.ToTenant();
    }

    private sealed class Row
    {
        public required Guid Id { get; init; }
        public required string Slug { get; init; }
        public required string Name { get; init; }
        public required int Concurrency { get; init; }
        public required int ExecutionsPerMinute { get; init; }
        public int? ExecutionsPerDay { get; init; }
        public required long HistoryBytes { get; init; }
        public int? CallsPerMinute { get; init; }
        public required bool Suspended { get; init; }
        public required DateTime CreatedAt { get; init; }
        public required DateTime UpdatedAt { get; init; }
        public required string[] Hosts { get; init; }
        public string[]? EgressHosts { get; init; }
        public required string[] PrivateHosts { get; init; }
        public required bool PublishNeedsSecondPerson { get; init; }

        public Tenant ToTenant() => new()
        {
            Id = Id,
            Slug = Slug,
            Name = StoredText.Decode(Name)!,
            Hosts = Hosts,
            Limits = new TenantLimits
            {
                Concurrency = Concurrency,
                ExecutionsPerMinute = ExecutionsPerMinute,
                ExecutionsPerDay = ExecutionsPerDay,
                HistoryBytes = HistoryBytes,
                CallsPerMinute = CallsPerMinute,
            },
            Egress = new TenantEgress { Hosts = EgressHosts, PrivateHosts = PrivateHosts },
            PublishNeedsSecondPerson = PublishNeedsSecondPerson,
            Suspended = Suspended,
            CreatedAt = new DateTimeOffset(CreatedAt),
            UpdatedAt = new DateTimeOffset(UpdatedAt),
        };
    }
}
