using Npgsql;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Broker;

namespace Sandbox.Supervisor.Entities;

/// <summary>
/// The statements of a dry run: all of them in one transaction for each database, which is never committed. A script's own transaction is a savepoint in it.
/// </summary>
internal sealed class DryRunData : IAsyncDisposable
{
    private readonly DataAccess _access;
    private readonly DryRun _dryRun;
    private readonly Guid _tenantId;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly CancellationTokenSource _tooOld;
    private readonly Dictionary<string, (NpgsqlConnection Connection, NpgsqlTransaction Transaction)> _open = new(StringComparer.Ordinal);
    private readonly HashSet<(Guid Execution, long Id)> _ended = [];
    private ScriptTransaction? _script;
    private bool _over;

    public DryRunData(DataAccess access, DryRun dryRun, Guid tenantId, TimeProvider time)
    {
        (_access, _dryRun, _tenantId) = (access, dryRun, tenantId);
        _tooOld = new CancellationTokenSource(access.Options.DryRunMax, time);
        // Its statements hold the rows that they touch, and others wait for those.
        _tooOld.Token.UnsafeRegister(static state => _ = ((DryRunData)state!).EndAsync(), this);
    }

    /// <param name="FirstChange">How many changes there were before it.</param>
    private sealed record ScriptTransaction((Guid Execution, long Id) Id, string Database, int FirstChange)
    {
        public bool Failed { get; set; }
    }

    public async Task<T> RunAsync<T>(BrokerCall call, string? database, long? transaction, Func<NpgsqlConnection, Task<T>> statement, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_over) throw new CallRefusedException(DataErrors.QueryTimeout, $"The dry run was not over after {_access.Options.DryRunMax.TotalSeconds:0.###} s (Sandbox:Data:DryRunMax); its statements are rolled back.");
            var open = await OpenAsync(call, database ?? "", cancellationToken);
            if (transaction is { } id) await BeginAsync(call, id, database ?? "", open.Transaction, cancellationToken);
            await open.Transaction.SaveAsync("statement", cancellationToken);
            try
            {
                var result = await statement(open.Connection);
                await open.Transaction.ReleaseAsync("statement", cancellationToken);
                return result;
            }
            catch
            {
                if (transaction is not null && _script is { } failing) failing.Failed = true;
                await open.Transaction.RollbackAsync("statement", CancellationToken.None);
                throw;
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Ends a script's own transaction.</summary>
    public async Task EndAsync(BrokerCall call, long id, bool isCommit, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (!_ended.Add(IdOf(call, id))) throw call.Refused(Codes.Conflict, "the transaction is over");
            if (_script is not { } script || script.Id != IdOf(call, id)) return;
            _script = null;
            if (_over) return;
            var transaction = _open[script.Database].Transaction;
            if (isCommit && !script.Failed)
            {
                await transaction.ReleaseAsync("script", cancellationToken);
                return;
            }

            await transaction.RollbackAsync("script", cancellationToken);
            _dryRun.ForgetChangesFrom(script.FirstChange);
            if (isCommit) throw call.Refused(Codes.Conflict, "a statement of this transaction failed; it is rolled back");
        }
        finally
        {
            _turn.Release();
        }
    }

    public ValueTask DisposeAsync() => new(EndAsync());

    private static (Guid Execution, long Id) IdOf(BrokerCall call, long id) => (call.Execution.Request.ExecutionId, id);

    private async ValueTask<(NpgsqlConnection Connection, NpgsqlTransaction Transaction)> OpenAsync(BrokerCall call, string database, CancellationToken cancellationToken)
    {
        if (_open.TryGetValue(database, out var open)) return open;
        var connection = await _access.OpenAsync(call, database.Length == 0 ? null : database, cancellationToken);
        try
        {
            open = (connection, await connection.BeginTransactionAsync(cancellationToken));
        }
        catch
        {
            await connection.DisposeAsync();
            _access.Release(_tenantId);
            throw;
        }

        _open.Add(database, open);
        return open;
    }

    private async Task BeginAsync(BrokerCall call, long id, string database, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        if (_ended.Contains(IdOf(call, id))) throw call.Refused(Codes.Conflict, "the transaction is over");
        if (_script is null)
        {
            await transaction.SaveAsync("script", cancellationToken);
            _script = new ScriptTransaction(IdOf(call, id), database, _dryRun.Changes);
        }

        if (_script.Id != IdOf(call, id)) throw call.Refused(Codes.NotAllowed, "a dry run holds one transaction at a time; end the other one first");
        if (_script.Failed) throw call.Refused(Codes.Conflict, "an earlier statement of this transaction failed; it is rolled back");
        if (_script.Database != database) throw call.Invalid("the entity is in another database than the transaction");
    }

    private async Task EndAsync()
    {
        await _turn.WaitAsync(CancellationToken.None);
        try
        {
            if (_over) return;
            _over = true;
            _tooOld.Dispose();
            // What the script had not committed would not have come about.
            if (_script is { } script) _dryRun.ForgetChangesFrom(script.FirstChange);
            foreach (var (connection, transaction) in _open.Values) await GiveBackAsync(connection, transaction);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task GiveBackAsync(NpgsqlConnection connection, NpgsqlTransaction transaction)
    {
        try
        {
            await transaction.DisposeAsync();
            await connection.DisposeAsync();
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException or IOException)
        {
            // The connection is broken: PostgreSQL rolls back by itself.
        }
        finally
        {
            _access.Release(_tenantId);
        }
    }
}
