using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Broker;

namespace Sandbox.Supervisor.Entities;

/// <summary>The transactions that one invocation holds.</summary>
internal sealed class DataTransactions(DataAccess access, Guid tenantId, TimeProvider time) : IAsyncDisposable
{
    private const int AtOnceMax = 4;
    private readonly Lock _gate = new();
    private readonly Dictionary<long, DataTransaction> _open = [];
    private long _last;

    public long Begin(BrokerCall call)
    {
        lock (_gate)
        {
            if (_open.Count >= AtOnceMax) throw call.Refused(Codes.ConcurrencyLimit, $"the execution holds {AtOnceMax} transactions; end one first");
            _open.Add(++_last, new DataTransaction(access, tenantId, time));
            return _last;
        }
    }

    public DataTransaction Find(BrokerCall call, long id)
    {
        lock (_gate) return _open.GetValueOrDefault(id) ?? throw call.Refused(Codes.Conflict, "the transaction is over");
    }

    /// <summary>Takes it out: whoever ends it is the last to use it.</summary>
    public DataTransaction Take(BrokerCall call, long id)
    {
        lock (_gate) return _open.Remove(id, out var found) ? found : throw call.Refused(Codes.Conflict, "the transaction is over");
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
