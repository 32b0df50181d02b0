namespace Sandbox.Supervisor.Workers;

/// <summary>A lease that is waited for.</summary>
internal sealed class LeaseWaiter
{
    public LeaseWaiter(LeaseRequest request)
    {
        Request = request;
        Place = new LinkedListNode<LeaseWaiter>(this);
    }

    public LeaseRequest Request { get; }

    /// <summary>Its place in its tenant's queue.</summary>
    public LinkedListNode<LeaseWaiter> Place { get; }

    public TaskCompletionSource<WorkerLease> Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
