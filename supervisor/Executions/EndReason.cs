namespace Sandbox.Supervisor.Executions;

/// <summary>Why the supervisor ends an execution. The first reason stands; it is fixed before anything is interrupted or killed.</summary>
internal enum EndReason
{
    None = 0,

    /// <summary>Its wall clock ran out.</summary>
    Deadline,

    /// <summary>Someone cancelled it.</summary>
    Cancelled,

    /// <summary>Whoever waited for the answer is gone.</summary>
    CallerGone,

    /// <summary>The execution that called for it has ended.</summary>
    ParentGone,

    /// <summary>The supervisor stops.</summary>
    Shutdown,

    /// <summary>The supervisor has not reached the database for so long that others may take its durable executions over.</summary>
    LeaseLost,

    /// <summary>Its tenant was suspended or removed; it is durable, so it may run again.</summary>
    Evicted,
}
