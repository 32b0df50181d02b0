using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Broker;

namespace Sandbox.Supervisor.Entities;

/// <summary>The transactions that one invocation holds. The script's side numbers them; the first statement begins one.</summary>
internal sealed class DataTransactions(DataAccess access, Guid tenantId, TimeProvider time) : IAsyncDisposable
{
    private const int AtOnceMax = 4;
    private readonly Lock _gate = new();
    private readonly Dictionary<long, DataTransaction> _open = [];

    // As many as the execution may make calls, at most.
    private readonly HashSet<long> _ended = [];

    /// <summary>The transaction of this number, begun where there was none.</summary>
    public DataTransaction FindOrBegin(BrokerCall call, long id)
    {
        lock (_gate)
        {
            if (_open.TryGetValue(id, out var open)) return open;
            if (_ended.Contains(id)) throw call.Refused(Codes.Conflict, "the transaction is over");
            if (_open.Count >= AtOnceMax) throw call.Refused(Codes.ConcurrencyLimit, $"the execution holds {AtOnceMax} transactions; end one first");
            var begun = new DataTransaction(access, tenantId, time);
            _open.Add(id, begun);
            return begun;
        }
    }

    /// <summary>Takes it out: whoever ends it is the last to use it. Null where it had no statement.</summary>
    public DataTransaction? Take(BrokerCall call, long id)
    {
        lock (_gate)
        {
            if (!_ended.Add(id)) throw call.Refused(Codes.Conflict, "the transaction is over");
            return _open.Remove(id, out var found) ? found : null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        List<DataTransaction> left;
        lock (_gate)
        {
            left = [.. _open.Values];
            _open.Clear();
        }

        foreach (var transaction in left) await transaction.DisposeAsync();
    }
}
