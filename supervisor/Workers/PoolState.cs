namespace Sandbox.Supervisor.Workers;

/// <summary>Workers by state, and what waits.</summary>
/// <param name="CrashLoop">New workers die before they serve anything; starting is backed off.</param>
internal readonly record struct PoolState(int Starting, int Spare, int Idle, int Busy, int Waiting, bool CrashLoop)
{
    /// <summary>Tenants that have a worker.</summary>
    public int TenantsServed { get; init; }

    /// <summary>Tenants of which someone waits.</summary>
    public int TenantsWaiting { get; init; }

    public int Alive => Spare + Idle + Busy;
}
