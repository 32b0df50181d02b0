using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.Executions;
using Sandbox.Supervisor.History;

namespace Sandbox.Tests.Integration.Database;

/// <summary>The history as a supervisor has it, on a test's database and journal directory.</summary>
internal sealed class HistoryRig : IAsyncDisposable
{
    public HistoryRig(Db db, string directory, DatabaseOptions? options = null, TimeProvider? time = null)
    {
        Journal = new Journal(directory);
        Rejected = new RejectedRecords(Journal);
        Store = new HistoryStore(db);
        Delivery = new HistoryDelivery(Store, Rejected, NullLogger<HistoryDelivery>.Instance, TimeProvider.System);
        var recovery = new HistoryRecovery(Journal, Delivery, Rejected, Store, NullLogger<HistoryRecovery>.Instance, time ?? TimeProvider.System);
        Writer = new HistoryWriter(Delivery, Journal, recovery, Options.Create(options ?? new DatabaseOptions()), NullLogger<HistoryWriter>.Instance, TimeProvider.System);
        Executions = new ExecutionStore(db);
    }

    public Journal Journal { get; }
    public RejectedRecords Rejected { get; }
    public HistoryStore Store { get; }
    public HistoryDelivery Delivery { get; }
    public HistoryWriter Writer { get; }
    public ExecutionStore Executions { get; }

    /// <summary>Stops as the host does: what is buffered is stored.</summary>
    public async ValueTask DisposeAsync()
    {
        await Writer.StopAsync(CancellationToken.None);
        Writer.Dispose();
        Journal.Dispose();
    }
}
