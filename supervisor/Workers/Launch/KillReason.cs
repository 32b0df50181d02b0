namespace Sandbox.Supervisor.Workers.Launch;

/// <summary>Why the supervisor kills a worker. The first reason stands; it is fixed before the kill.</summary>
internal enum KillReason
{
    /// <summary>An execution or a source check in it outlived its time and its grace.</summary>
    Deadline,

    /// <summary>A cancelled execution in it did not end within its grace.</summary>
    Cancelled,

    /// <summary>It sent what no worker of ours sends.</summary>
    Protocol,

    /// <summary>It closed its pipe and did not end by itself.</summary>
    PipeClosed,

    /// <summary>It served long or often enough.</summary>
    Recycled,

    /// <summary>It had nothing to do for long.</summary>
    Idle,

    /// <summary>At the most workers there may be, another tenant needs one.</summary>
    MakingRoom,

    /// <summary>Its tenant was suspended or deleted.</summary>
    TenantEvicted,

    /// <summary>The supervisor stops.</summary>
    SupervisorStops,

    /// <summary>It did not get ready in time, or is of another version.</summary>
    NoHello,

    /// <summary>It has more memory than its limit, where no control group counts.</summary>
    MemoryWatchdog,

    /// <summary>Its owner lets go of it.</summary>
    Disposed,
}
