namespace Sandbox.Supervisor.Queue;

/// <summary>This process among those that share the database. It may claim work while its lease holds by its own clock.</summary>
internal sealed class Node(TimeProvider time)
{
    private readonly Lock _gate = new();
    private long _renewedAt;
    private TimeSpan _holds;

    /// <summary>Another one where this process was declared dead and begins anew; null: it is not registered.</summary>
    public Guid? Id { get; private set; }

    /// <summary>Whether no other node can have taken over what this one has in hand.</summary>
    public bool HoldsLease
    {
        get { lock (_gate) return Id is not null && time.GetElapsedTime(_renewedAt) < _holds; }
    }

    /// <param name="from">A timestamp from before the database was asked: the lease is at least as old.</param>
    /// <param name="holds">Shorter than the lease in the database: what runs must have ended before others begin.</param>
    public void Renewed(Guid id, long from, TimeSpan holds)
    {
        lock (_gate) (Id, _renewedAt, _holds) = (id, from, holds);
    }

    public void Lost()
    {
        lock (_gate) Id = null;
    }
}
