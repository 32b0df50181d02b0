using Npgsql;

namespace Sandbox.Supervisor.Schedules;

/// <summary>One transaction of the scheduler. What is not committed is rolled back when it is disposed.</summary>
internal sealed class ScheduleTick(NpgsqlConnection connection, NpgsqlTransaction transaction) : IAsyncDisposable
{
    public NpgsqlConnection Connection => connection;

    public Task CommitAsync(CancellationToken cancellationToken) => transaction.CommitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }
}
