using Npgsql;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Broker;

namespace Sandbox.Supervisor.Entities;

/// <summary>
/// A transaction that a script holds over several calls. It has a connection from its first statement on, one statement at a time, and gives it back
/// when it is committed, rolled back, too old, or its invocation has ended, whichever comes first.
/// </summary>
internal sealed class DataTransaction : IAsyncDisposable
{
    private readonly DataAccess _access;
    private readonly Guid _tenantId;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly CancellationTokenSource _tooOld;
    private NpgsqlConnection? _connection;
    private NpgsqlTransaction? _transaction;
    private string? _database;
    private bool _failed;
    private bool _over;

    public DataTransaction(DataAccess access, Guid tenantId, TimeProvider time)
    {
        _access = access;
        _tenantId = tenantId;
        _tooOld = new CancellationTokenSource(access.Options.TransactionMax, time);
        // A script that waits for something else holds its rows no longer than this.
        _tooOld.Token.UnsafeRegister(static state => _ = ((DataTransaction)state!).EndAsync(), this);
    }

    /// <summary>Runs one statement in it, in its turn.</summary>
    public async Task<T> RunAsync<T>(BrokerCall call, OpenedEntity entity, Func<NpgsqlConnection, Task<T>> statement, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            RequireOpen(call);
            if (_failed) throw call.Refused(Codes.Conflict, "an earlier statement of this transaction failed; it is rolled back");
            if (_connection is not null && entity.Database != _database) throw call.Invalid($"{entity.Name} is in another database than the transaction");
            // Whatever goes wrong from here on, the transaction is lost: nothing more may run on its connection, least of all outside of a transaction.
            _failed = true;
            if (_connection is null)
            {
                _database = entity.Database;
                _connection = await _access.OpenAsync(call, entity.Database, cancellationToken);
                _transaction = await _connection.BeginTransactionAsync(cancellationToken);
            }

            var result = await statement(_connection);
            _failed = false;
            return result;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Commits, or rolls back what has failed and says so.</summary>
    public async Task CommitAsync(BrokerCall call, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            RequireOpen(call);
            if (_failed) throw call.Refused(Codes.Conflict, "a statement of this transaction failed; it is rolled back");
            if (_transaction is not null) await _transaction.CommitAsync(cancellationToken);
        }
        finally
        {
            await GiveBackAsync();
            _turn.Release();
        }
    }

    public ValueTask DisposeAsync() => new(EndAsync());

    private async Task EndAsync()
    {
        await _turn.WaitAsync(CancellationToken.None);
        try
        {
            await GiveBackAsync();
        }
        finally
        {
            _turn.Release();
        }
    }

    private void RequireOpen(BrokerCall call)
    {
        if (!_over) return;
        throw _tooOld.IsCancellationRequested
            ? new CallRefusedException(DataErrors.QueryTimeout, $"The transaction was not over after {_access.Options.TransactionMax.TotalSeconds:0.###} s (Sandbox:Data:TransactionMax) and was rolled back.")
            : call.Refused(Codes.Conflict, "the transaction is over");
    }

    private async Task GiveBackAsync()
    {
        if (_over) return;
        _over = true;
        _tooOld.Dispose();
        if (_connection is null) return;
        try
        {
            // Rolled back where it was not committed.
            if (_transaction is not null) await _transaction.DisposeAsync();
            await _connection.DisposeAsync();
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
