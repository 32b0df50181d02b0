using System.Text;
using Microsoft.Extensions.Options;
using Npgsql;
using Sandbox.Protocol.Api;
using Sandbox.Protocol.Text;
using Sandbox.Supervisor.Broker;

namespace Sandbox.Supervisor.Entities;

/// <summary>Runs statements on business data, with the tenant set and every limit in force.</summary>
internal sealed class DataAccess(IDataSources sources, IOptions<DataOptions> options, TimeProvider time)
{
    /// <summary>Characters of the rows that one call gives.</summary>
    private const int AnswerMax = 10 * 1024 * 1024;

    private readonly ConnectionSlots _slots = new(options.Value.ConnectionsPerTenant);

    public DataOptions Options => options.Value;

    /// <summary>The transactions of the call's invocation; rolled back with its end.</summary>
    public DataTransactions TransactionsOf(BrokerCall call) => call.Scope.Hold(() => new DataTransactions(this, call.TenantId, time));

    /// <summary>What the statements of a dry run share.</summary>
    public DryRunData DryRunOf(BrokerCall call, DryRun dryRun) => dryRun.Hold(() => new DryRunData(this, dryRun, call.TenantId, time));

    /// <summary>Rows as a JSON list, in the order of <see cref="EntityStatements.Selected"/>.</summary>
    public Task<(string Json, int Rows)> RowsAsync(BrokerCall call, OpenedEntity entity, long? transaction, EntityStatements built, Statement statement, CancellationToken cancellationToken) =>
        RunAsync(call, entity, transaction, built, statement, reader => ReadAsync(call, reader, built.Selected, cancellationToken), cancellationToken);

    /// <summary>Rows that were changed.</summary>
    public Task<int> ChangedAsync(BrokerCall call, OpenedEntity entity, long? transaction, EntityStatements built, Statement statement, CancellationToken cancellationToken) =>
        RunAsync(call, entity, transaction, built, statement, async reader =>
        {
            while (await reader.NextResultAsync(cancellationToken))
            {
                // Its count is known once it is through.
            }

            return reader.RecordsAffected;
        }, cancellationToken);

    /// <summary>The first column of the first row.</summary>
    public Task<string> ScalarAsync(BrokerCall call, OpenedEntity entity, long? transaction, EntityStatements built, Statement statement, CancellationToken cancellationToken) =>
        RunAsync(call, entity, transaction, built, statement, async reader => await reader.ReadAsync(cancellationToken) ? reader.GetString(0) : "null", cancellationToken);

    /// <summary>A connection of the tenant's share; <see cref="Release"/> gives the share back.</summary>
    public async Task<NpgsqlConnection> OpenAsync(BrokerCall call, string? database, CancellationToken cancellationToken)
    {
        if (!await _slots.TryTakeAsync(call.TenantId, Options.WaitMax, cancellationToken))
            throw call.Refused(Protocol.Api.Codes.Overloaded, $"the tenant's scripts hold {Options.ConnectionsPerTenant} connections (Sandbox:Data:ConnectionsPerTenant), and none was given back within {Options.WaitMax.TotalSeconds:0.###} s; keep transactions short");
        try
        {
            return await sources.For(database).OpenConnectionAsync(cancellationToken);
        }
        catch
        {
            _slots.Release(call.TenantId);
            throw;
        }
    }

    public void Release(Guid tenantId) => _slots.Release(tenantId);

    private async Task<T> RunAsync<T>(
        BrokerCall call, OpenedEntity entity, long? transaction, EntityStatements built, Statement statement, Func<NpgsqlDataReader, Task<T>> read, CancellationToken cancellationToken)
    {
        var checks = built.Checks;
        try
        {
            if (call.DryRun is { } dryRun)
            {
                return await DryRunOf(call, dryRun)
                    .RunAsync(call, entity.Database, transaction, connection => CheckedAsync(connection, call, checks, statement, read, cancellationToken), cancellationToken);
            }

            if (transaction is { } id)
            {
                var held = TransactionsOf(call).FindOrBegin(call, id);
                return await held.RunAsync(call, entity, connection => CheckedAsync(connection, call, checks, statement, read, cancellationToken), cancellationToken);
            }

            await using var connection = await OpenAsync(call, entity.Database, cancellationToken);
            try
            {
                if (checks.Count == 0) return await ExecuteAsync(connection, call, [statement], read, cancellationToken);
                await using var checkedFirst = await connection.BeginTransactionAsync(cancellationToken);
                var result = await CheckedAsync(connection, call, checks, statement, read, cancellationToken);
                await checkedFirst.CommitAsync(cancellationToken);
                return result;
            }
            finally
            {
                try
                {
                    await connection.CloseAsync();
                }
                finally
                {
                    Release(call.TenantId);
                }
            }
        }
        catch (PostgresException e)
        {
            if (DataErrors.Of(e, call, entity.Name, Options.StatementMax) is { } refusal) throw refusal;
            throw;
        }
    }

    /// <summary>Within a transaction: the checks in one message, then the statement.</summary>
    private async Task<T> CheckedAsync<T>(
        NpgsqlConnection connection, BrokerCall call, IReadOnlyList<(Statement Statement, string Failure)> checks, Statement statement, Func<NpgsqlDataReader, Task<T>> read, CancellationToken cancellationToken)
    {
        if (checks.Count > 0)
        {
            var failed = await ExecuteAsync(connection, call, [.. checks.Select(check => check.Statement)], async reader =>
            {
                for (var i = 0; i < checks.Count; i++)
                {
                    await reader.ReadAsync(cancellationToken);
                    if (reader.GetString(0) != "true") return checks[i].Failure;
                    await reader.NextResultAsync(cancellationToken);
                }

                return null;
            }, cancellationToken);
            if (failed is not null) throw call.Refused(Protocol.Api.Codes.Conflict, failed);
        }

        return await ExecuteAsync(connection, call, [statement], read, cancellationToken);
    }

    /// <summary>One message: the tenant and the limits, for this transaction alone, and the statements.</summary>
    private async Task<T> ExecuteAsync<T>(NpgsqlConnection connection, BrokerCall call, IReadOnlyList<Statement> statements, Func<NpgsqlDataReader, Task<T>> read, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            // PostgreSQL's own limit comes first; this is for a server that does not answer.
            Timeout = (int)Math.Ceiling(Options.StatementMax.TotalSeconds) + 5,
        };
        batch.BatchCommands.Add(new NpgsqlBatchCommand("select set_config('sandbox.tenant_id', $1, true), set_config('statement_timeout', $2, true)")
        {
            Parameters =
            {
                new NpgsqlParameter<string> { TypedValue = call.TenantId.ToString() },
                new NpgsqlParameter<string> { TypedValue = $"{(long)Options.StatementMax.TotalMilliseconds}ms" },
            },
        });
        foreach (var statement in statements) batch.BatchCommands.Add(statement.ToCommand());
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        return await read(reader);
    }

    private static async Task<(string Json, int Rows)> ReadAsync(BrokerCall call, NpgsqlDataReader reader, IReadOnlyList<OpenedField> fields, CancellationToken cancellationToken)
    {
        var names = fields.Select(field => JsonText.Encode(field.Name)).ToArray();
        var json = new StringBuilder("[");
        var rows = 0;
        while (await reader.ReadAsync(cancellationToken))
        {
            if (rows++ > 0) json.Append(',');
            json.Append('{');
            for (var i = 0; i < fields.Count; i++)
            {
                if (i > 0) json.Append(',');
                json.Append(names[i]).Append(':');
                FieldJson.Append(json, await reader.IsDBNullAsync(i, cancellationToken) ? null : reader.GetString(i), fields[i].Type);
            }

            json.Append('}');
            if (json.Length > AnswerMax) throw call.Refused("ROW_LIMIT", $"the rows have more than {AnswerMax >> 20} MB; select fewer fields or rows");
        }

        return (json.Append(']').ToString(), rows);
    }
}
