namespace Sandbox.Supervisor.Broker;

/// <summary>Calls that share a rate (5-limits).</summary>
internal enum CallGroup
{
    /// <summary>Limited by the calls of an execution alone.</summary>
    None = 0,
    Outside,
    Data,
    Cache,
    Events,
}
