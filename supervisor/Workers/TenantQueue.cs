namespace Sandbox.Supervisor.Workers;

/// <summary>The waiters of one tenant in their order, and the tenant's place in the rotation.</summary>
internal sealed class TenantQueue
{
    private readonly LinkedList<LeaseWaiter> _waiters = new();

    public TenantQueue(Guid tenantId)
    {
        TenantId = tenantId;
        Turn = new LinkedListNode<TenantQueue>(this);
    }

    public Guid TenantId { get; }
    public LinkedListNode<TenantQueue> Turn { get; }
    public int Count => _waiters.Count;

    /// <summary>Who waits longest; there is one as long as the queue is in the line.</summary>
    public LeaseWaiter First => _waiters.First!.Value;

    public LeaseWaiter Add(LeaseRequest request)
    {
        var waiter = new LeaseWaiter(request);
        _waiters.AddLast(waiter.Place);
        return waiter;
    }

    /// <summary>False where it is not in the queue any more.</summary>
    public bool Remove(LeaseWaiter waiter)
    {
        if (waiter.Place.List != _waiters) return false;
        _waiters.Remove(waiter.Place);
        return true;
    }
}
