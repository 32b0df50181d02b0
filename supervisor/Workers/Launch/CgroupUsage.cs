namespace Sandbox.Supervisor.Workers.Launch;

/// <summary>What a worker has used so far.</summary>
internal readonly record struct CgroupUsage(long CpuMicroseconds, long MemoryBytes, long MemoryPeakBytes, long OomKills);
